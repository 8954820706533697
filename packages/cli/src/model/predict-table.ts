import { basename } from 'node:path';
import { type DenseMatrix, findColumn, type Table, type TablePreprocessor } from '@agop/data';
import type { RFMRegressor } from '@agop/rfm';
import { dtypeOption, openBackend } from '../backends/backends.ts';
import type { Context } from '../command.ts';
import type { OptionValues } from '../options.ts';
import { refuseOptions } from '../refuse-options.ts';
import { readTable } from '../table/table-options.ts';
import type { SavedNetwork, SavedTableModel } from './open-model.ts';
import { classPredictions, type Predictions } from './predictions.ts';

/** What of these rows is known, in words. */
const known = 'rows, whose target is known';

/**
 * Predicts the rows of a CSV file.
 *
 * @param preprocessor of the model
 */
export async function predictTable(
  path: string,
  saved: SavedTableModel | SavedNetwork,
  preprocessor: TablePreprocessor,
  options: OptionValues,
  context: Context,
): Promise<Predictions> {
  if (saved.kind === 'collapse') refuseOptions(options, ['probabilities'], 'a model of agop collapse');
  const unknown = options.choice('unknown', ['error', 'ignore']);
  context.status(`Reading ${basename(path)}`);
  const table = await readTable(path, options, preprocessor.columnTypes);
  const x = preprocessor.transform(table, unknown === undefined ? {} : { unknownCategories: unknown });
  using backend = await openBackend(options);
  using loaded = await saved.load(backend, dtypeOption(options));
  context.status(`Predicting ${table.rows} rows`);
  const [name = 'class'] = preprocessor.targetNames;
  const isKnown = hasTargets(preprocessor, table);
  if ('task' in loaded && loaded.task === 'regression') {
    return await predictNumbers(loaded.model, preprocessor, table, x);
  }
  const model = 'task' in loaded ? loaded.model : loaded;
  const truth = isKnown ? preprocessor.labels(table) : undefined;
  const labels = await model.predict(x);
  if (!options.has('probabilities') || !('predictProba' in model)) {
    return classPredictions(labels, name, truth, known);
  }
  const values = await model.predictProba(x);
  return classPredictions(labels, name, truth, known, { classes: model.classes, values });
}

async function predictNumbers(
  model: RFMRegressor,
  preprocessor: TablePreprocessor,
  table: Table,
  x: DenseMatrix,
): Promise<Predictions> {
  const values = await model.predict(x);
  const header = preprocessor.targetNames;
  const isKnown = hasTargets(preprocessor, table) && table.rows > 1;
  const value = isKnown ? await model.score(x, preprocessor.targets(table)) : undefined;
  return {
    task: 'regression',
    target: header,
    header,
    rows: Array.from({ length: table.rows }, (_, row) => [
      ...values.subarray(row * header.length, (row + 1) * header.length),
    ]),
    score: value === undefined ? undefined : { metric: 'r2', value },
    known,
  };
}

/** Whether the table has the truth for every row. */
function hasTargets(preprocessor: TablePreprocessor, table: Table): boolean {
  return preprocessor.targetNames.every((name) => {
    const column = findColumn(table, name);
    return column?.missing === 0 && (preprocessor.task === 'classification' || column.kind === 'numeric');
  });
}
