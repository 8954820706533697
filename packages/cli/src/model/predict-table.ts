import { basename } from 'node:path';
import { type Backend, type FloatDType, wording } from '@agop/core';
import {
  type CsvCell,
  type DenseMatrix,
  findColumn,
  type Table,
  type TableNote,
  type TablePreprocessor,
} from '@agop/data';
import { openBackend } from '../backends/backends.ts';
import type { Context } from '../command.ts';
import { tellNotes } from '../table/notes.ts';
import { readTable } from '../table/table-options.ts';
import type { PredictOptions } from './predict-options.ts';
import { classPredictions, type Predictions } from './predictions.ts';

/** A model that predicts the target of rows: classes, or numbers. */
type RowModel = Disposable &
  (
    | {
        readonly classes: readonly CsvCell[];
        predict(x: DenseMatrix): Promise<readonly CsvCell[]>;
        predictProba?(x: DenseMatrix): Promise<Float64Array>;
      }
    | {
        predict(x: DenseMatrix): Promise<Float64Array>;
        score(x: DenseMatrix, y: DenseMatrix): Promise<number>;
      }
  );

/**
 * Predicts the rows of a table.
 *
 * @param preprocessor of the model
 * @param load brings the model to a backend
 */
export async function predictTable(
  path: string,
  preprocessor: TablePreprocessor,
  load: (backend: Backend, dtype: FloatDType | undefined) => Promise<RowModel>,
  options: PredictOptions,
  context: Context,
): Promise<Predictions> {
  const { unknown, dtype, probabilities } = options;
  context.status(`Reading ${basename(path)}`);
  const table = await readTable(path, options, {
    types: preprocessor.columnTypes,
    kept: preprocessor.keptTexts,
  });
  tellNotes(table.notes ?? [], context);
  const x = preprocessor.transform(table, unknown === undefined ? {} : { unknownCategories: unknown });
  const newCategories = unknownNote(preprocessor, table);
  tellNotes(newCategories, context);
  const notes = [...(table.notes ?? []), ...newCategories];
  using backend = await openBackend(options);
  using model = await load(backend, dtype);
  context.status(`Predicting ${table.rows} rows`);
  const { targetNames } = preprocessor;
  const isKnown = hasTargets(preprocessor, table);
  if (!('classes' in model)) {
    const values = await model.predict(x);
    const score = isKnown && table.rows > 1 ? await model.score(x, preprocessor.targets(table)) : undefined;
    return {
      task: 'regression',
      target: targetNames,
      header: targetNames,
      rows: Array.from({ length: table.rows }, (_, row) => [
        ...values.subarray(row * targetNames.length, (row + 1) * targetNames.length),
      ]),
      notes,
      score: score === undefined ? undefined : { metric: 'r2', value: score },
      of: 'rows',
    };
  }
  const [name = 'class'] = targetNames;
  const truth = isKnown ? preprocessor.labels(table) : undefined;
  const labels = await model.predict(x);
  const values = probabilities ? await model.predictProba?.(x) : undefined;
  return {
    ...classPredictions(labels, name, truth, 'rows', values && { classes: model.classes, values }),
    notes,
  };
}

/** A word on categories that the training rows did not have. */
function unknownNote(preprocessor: TablePreprocessor, table: Table): TableNote[] {
  const { rows, example } = preprocessor.unknownCategories(table);
  if (example === undefined) return [];
  const { column, category } = example;
  return [
    {
      code: 'unknown-categories',
      column,
      message: wording`${rows} ${rows === 1 ? 'row has' : 'rows have'} a category that no training row had, as '${category}' in column '${column}'; there it is none of the known ones. ${{ option: 'unknown', value: 'error' }} refuses such rows.`,
      option: 'unknown',
    },
  ];
}

/** Whether the table has the truth for every row. */
function hasTargets(preprocessor: TablePreprocessor, table: Table): boolean {
  return preprocessor.targetNames.every((name) => {
    const column = findColumn(table, name);
    return column?.missing === 0 && (preprocessor.task === 'classification' || column.kind === 'numeric');
  });
}
