import { command } from '../command.ts';
import { inspectOptions } from '../model/inspect-options.ts';

export const inspect = command({
  usage: 'inspect <model>',
  description:
    'Show what a saved model is, what it expects, and which features it found; or which inputs and directions each layer of a network uses (model.json of TensorFlow.js)',
  options: inspectOptions,
  examples: ['inspect houses.safetensors', 'inspect model.json --data houses.csv --target price'],
  load: async () => (await import('../model/commands.ts')).runInspect,
});
