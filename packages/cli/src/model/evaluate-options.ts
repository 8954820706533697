import { choice, type Settings, text } from '@agop/core/options';
import { backendOptions } from '../backends/backends.ts';
import { jsonOption, reportOption } from '../output/output-options.ts';
import { tableOptions } from '../table/table-options.ts';
import { predictOptions } from './predict-options.ts';

/** Options of `agop evaluate`. */
export const evaluateOptions = {
  weights: text({ placeholder: 'column', description: 'Column that says how much each row counts, from 0' }),
  unknown: predictOptions.unknown,
  ...backendOptions,
  dtype: choice(['float32', 'float64'], { description: '{choices}', defaultWords: 'that of the model' }),
  ...tableOptions,
  report: reportOption,
  json: jsonOption,
};
export type EvaluateOptions = Settings<typeof evaluateOptions>;
