import { subspaceOptions } from '@agop/experiments/options';
import { backendOptions } from '../backends/backends.ts';
import { command } from '../command.ts';
import { jsonOption, outputOption, reportOption } from '../output/output-options.ts';
import { tableOptions } from '../table/table-options.ts';

const { dtype, ...run } = subspaceOptions;

export const subspace = command({
  usage: 'subspace <table>',
  description: 'Find the few directions of the columns that a target depends on, and their loadings',
  options: {
    ...run,
    ...backendOptions,
    dtype,
    ...tableOptions,
    output: outputOption,
    report: reportOption,
    json: jsonOption,
  },
  examples: [
    'subspace houses.csv --target price --dimension auto --report directions.html',
    'subspace flowers.csv --target species --method sir --output directions.safetensors',
  ],
  load: async () => (await import('../experiments/subspace.ts')).runSubspace,
});
