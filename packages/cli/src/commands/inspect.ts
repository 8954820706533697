import { backendOptions } from '../backends/backends.ts';
import { command } from '../command.ts';
import { jsonOption } from '../output/output-options.ts';

export const inspect = command({
  usage: 'inspect <model>',
  description: 'Show what a saved model is, what it expects, and which features it found',
  options: { ...backendOptions, json: jsonOption },
  examples: ['inspect houses.safetensors'],
  load: async () => (await import('../model/commands.ts')).runInspect,
});
