import { collapseOptions } from '@agop/experiments/options';
import { backendOptions } from '../backends/backends.ts';
import { command } from '../command.ts';
import { jsonOption, outputOption, reportOption } from '../output/output-options.ts';
import { tableOptions } from '../table/table-options.ts';

const { dtype, ...own } = collapseOptions;

export const collapse = command({
  usage: 'collapse',
  description: 'Build a network layer by layer with Deep RFM, and watch its classes collapse to points',
  options: {
    ...own,
    ...backendOptions,
    dtype,
    ...tableOptions,
    output: outputOption,
    report: reportOption,
    json: jsonOption,
  },
  examples: [
    'collapse --data digits --depth 10 --report collapse.html',
    'collapse --data mnist --images data/mnist --depth 10 --width 1024',
    'collapse --data flowers.csv --target species --depth 5',
  ],
  load: async () => (await import('../experiments/collapse.ts')).runCollapse,
});
