import { choice, flag, list, type Settings, share, text } from '@agop/core/options';
import { backendOptions } from '../backends/backends.ts';
import { jsonOption } from '../output/output-options.ts';
import { tableOptions } from '../table/table-options.ts';

/** Options of `agop predict`. */
export const predictOptions = {
  output: text({
    description: 'Write the predictions to a file, as its ending says: .csv, .tsv, .json or .jsonl, also .gz',
    defaultWords: 'standard output',
    short: 'o',
    placeholder: 'file',
  }),
  spreadsheetSafe: flag({
    description: 'An apostrophe before cells of the CSV that a spreadsheet would compute (=1+1, @SUM)',
  }),
  keep: list(
    text({
      description: 'A column of the table that stands before the predictions, as it is written; repeatable',
      placeholder: 'column',
    }),
  ),
  rowNumbers: flag({ description: 'A column `row` before the predictions: numbers of the rows, from 1' }),
  outside: flag({
    description:
      'A column that says why a row lies outside of what the model was fitted on, empty where it does not',
  }),
  probabilities: flag({ description: 'One more column for each class' }),
  proba: flag({ description: 'As --probabilities' }),
  interval: share({
    description:
      'Two more columns, between which the truth lies with this probability; or sets of labels that hold it',
    namesInCode: ['level'],
  }),
  explain: flag({
    description:
      'What each column contributes: to the prediction, or to the probability of the predicted class',
  }),
  unknown: choice(['error', 'ignore'], {
    description: '{choices}: what happens to new categories',
    namesInCode: ['unknownCategories'],
    defaultWords: 'as in fit',
    placeholder: 'what',
  }),
  ...backendOptions,
  dtype: choice(['float32', 'float64'], { description: '{choices}', defaultWords: 'that of the model' }),
  ...tableOptions,
  json: jsonOption,
};
export type PredictOptions = Settings<typeof predictOptions>;
