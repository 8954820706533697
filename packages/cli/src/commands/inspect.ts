import { backendOptions } from '../backends/backends.ts';
import type { Command } from '../command.ts';

export const inspect: Command = {
  usage: 'inspect <model>',
  description: 'Show what a saved model is, what it expects, and which features it found',
  options: [
    ...backendOptions,
    { flags: '--json', description: 'Print one JSON object to standard output, and nothing else there' },
  ],
  examples: ['inspect houses.safetensors'],
  load: async () => (await import('../model/run-inspect.ts')).runInspect,
};
