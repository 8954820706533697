import { list, type Settings, text, whole } from '@agop/core/options';
import { backendOptions } from '../backends/backends.ts';
import { command } from '../command.ts';
import { jsonOption, reportOption } from '../output/output-options.ts';

const options = {
  data: text({
    placeholder: 'path',
    description:
      'With a model.json of TensorFlow.js: the table or the images on which its layers are measured',
  }),
  target: text({ placeholder: 'column', description: 'Column of the table that the model does not see' }),
  ignore: list(text({ placeholder: 'column', description: 'Further column to leave out; repeatable' })),
  samples: whole({
    from: 1,
    default: 500,
    description: 'Rows or images of the data at most, the first ones',
  }),
  ...backendOptions,
  report: reportOption,
  json: jsonOption,
} as const;

/** Options of `agop inspect`. */
export type InspectOptions = Settings<typeof options>;

export const inspect = command({
  usage: 'inspect <model>',
  description:
    'Show what a saved model is, what it expects, and which features it found; or which inputs and directions each layer of a network uses (model.json of TensorFlow.js)',
  options,
  examples: ['inspect houses.safetensors', 'inspect model.json --data houses.csv --target price'],
  load: async () => (await import('../model/commands.ts')).runInspect,
});
