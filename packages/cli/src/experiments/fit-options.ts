import { flag, type Option, text } from '@agop/core/options';
import { tableChoiceOptions, tabularOptions } from '@agop/experiments/options';
import { backendOptions } from '../backends/backends.ts';
import { jsonOption, reportOption } from '../output/output-options.ts';
import { fitQueueOptions } from '../queue/queue-options.ts';
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
  resume: flag({
    description:
      'Go on with a fit that was interrupted: what it has found lies beside --output until the model is written',
  }),
  ...fitQueueOptions,
  report: reportOption,
  json: jsonOption,
};
