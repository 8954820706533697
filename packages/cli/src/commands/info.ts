import { command } from '../command.ts';
import { jsonOption } from '../output/output-options.ts';

export const info = command({
  usage: 'info',
  description: 'Show which backends run on this machine, their threads, SIMD level and memory',
  options: {
    json: jsonOption,
  },
  examples: ['info --json'],
  load: async () => (await import('../backends/run-info.ts')).runInfo,
});
