import { list, type Settings, text, whole } from '@agop/core/options';
import { backendOptions } from '../backends/backends.ts';
import { jsonOption } from '../output/output-options.ts';

/** Options of `agop inspect`. */
export const inspectOptions = {
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
  report: text({
    placeholder: 'file',
    description:
      'With a model.json: write an HTML report (that of a fit has the learned metric of other models)',
  }),
  json: jsonOption,
} as const;

/** What they say. */
export type InspectOptions = Settings<typeof inspectOptions>;
