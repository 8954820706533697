import type { Command } from '../command.ts';

export const info: Command = {
  usage: 'info',
  description: 'Show which backends run on this machine, their threads, SIMD level and memory',
  options: [
    { flags: '--json', description: 'Print one JSON object to standard output, and nothing else there' },
  ],
  examples: ['info --json'],
  load: async () => (await import('../backends/run-info.ts')).runInfo,
};
