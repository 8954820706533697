import { interpolationOptions } from '@agop/experiments/options';
import { backendOptions } from '../backends/backends.ts';
import { command } from '../command.ts';
import { jsonOption, reportOption } from '../output/output-options.ts';

export const theory = command({
  usage: 'theory <subject>',
  description:
    'Compute what theory says, and simulate it. Subject: interpolation, which does not learn from noise',
  options: { ...interpolationOptions, ...backendOptions, report: reportOption, json: jsonOption },
  examples: [
    'theory interpolation --report interpolation.html',
    'theory interpolation --noise 1 --n 64 --n 256 --width 0.05',
  ],
  load: async () => (await import('../experiments/theory.ts')).runTheory,
});
