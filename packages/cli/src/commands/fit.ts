import { type Option, text } from '@agop/core/options';
import { tableChoiceOptions, tabularOptions } from '@agop/experiments/options';
import { backendOptions } from '../backends/backends.ts';
import { command } from '../command.ts';
import { jsonOption, reportOption } from '../output/output-options.ts';
import { tableOptions } from '../table/table-options.ts';

const { test, ...choice } = tableChoiceOptions;
const { dtype, validation, scale, ...machine } = tabularOptions;

/** An option without a default, so that it is seen whether it was given. */
function asked<T>(option: Option<T>, defaultWords: string): Option<T | undefined> {
  return { ...option, default: undefined, defaultWords };
}

/** Options of `agop fit`. */
export const fitOptions = {
  ...choice,
  test: asked(test, '0.2'),
  ...machine,
  scale: asked(scale, 'chosen; standard of one machine'),
  validation: asked(validation, '0.2 of one machine'),
  ...backendOptions,
  dtype,
  ...tableOptions,
  output: text({
    description: 'Save the model (one safetensors file, with its preprocessing)',
    short: 'o',
    placeholder: 'file',
  }),
  report: reportOption,
  json: jsonOption,
};

export const fit = command({
  usage: 'fit <table>',
  description:
    'Choose a model for a table, fit it and test it. With --preset, --kernel or the like: one machine of these settings',
  options: fitOptions,
  examples: [
    'fit houses.csv --target price --output houses.safetensors --report houses.html',
    'fit patients.csv --target outcome --metric auc --folds 5 --time 5min',
    'fit examples/data/digits.csv.gz --target class --preset rfm2022',
  ],
  load: async () => (await import('../experiments/fit.ts')).runFit,
});
