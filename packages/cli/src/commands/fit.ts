import { text } from '@agop/core/options';
import { tabularOptions } from '@agop/experiments/options';
import { backendOptions } from '../backends/backends.ts';
import { command } from '../command.ts';
import { jsonOption, reportOption } from '../output/output-options.ts';
import { tableOptions } from '../table/table-options.ts';

const { dtype, ...run } = tabularOptions;

export const fit = command({
  usage: 'fit <table>',
  description: 'Fit a Recursive Feature Machine on a CSV file and compare it with plain kernel regression',
  options: {
    ...run,
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
  },
  examples: [
    'fit houses.csv --target price --output houses.safetensors --report houses.html',
    'fit examples/data/digits.csv.gz --target class',
  ],
  load: async () => (await import('../experiments/fit.ts')).runFit,
});
