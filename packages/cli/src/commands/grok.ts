import { grokkingOptions } from '@agop/experiments/options';
import { backendOptions } from '../backends/backends.ts';
import { command } from '../command.ts';
import { jsonOption, reportOption } from '../output/output-options.ts';

const { dtype, ...run } = grokkingOptions;

export const grok = command({
  usage: 'grok',
  description: 'Watch a kernel machine learn modular arithmetic all of a sudden',
  options: { ...run, ...backendOptions, dtype, report: reportOption, json: jsonOption },
  examples: [
    'grok --op + --p 61 --fraction 0.5',
    'grok --op / --p 31 --fraction 0.75 --report division.html',
  ],
  load: async () => (await import('../experiments/grok.ts')).runGrok,
});
