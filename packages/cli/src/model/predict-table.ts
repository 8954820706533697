import type { Backend, FloatDType } from '@agop/core';
import type { CsvCell, DenseMatrix, TablePreprocessor } from '@agop/data';
import { rSquared } from '@agop/estimators';
import { openBackend } from '../backends/backends.ts';
import type { Context } from '../command.ts';
import { tellNotes } from '../table/notes.ts';
import { type Further, withBeside } from './beside.ts';
import { type Centered, fittedRows } from './fitted-rows.ts';
import { hasTargets, pick, readRows, tellUnknown, unknownAs } from './model-rows.ts';
import { tellOutside } from './outside.ts';
import type { PredictOptions } from './predict-options.ts';
import { accuracyOf, classPredictions, type PredictionScore, type Predictions } from './predictions.ts';

/** A model that predicts the target of rows: classes, or numbers. */
export type RowModel = Disposable &
  Partial<Centered> & {
    /** What a row gets besides its prediction: columns with their names. */
    further?(x: DenseMatrix): Promise<Further>;
  } & (
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
  const { dtype, probabilities } = options;
  const { targetNames } = preprocessor;
  const { table, notes: ofTable } = await readRows(path, [preprocessor], options, context);
  const x = preprocessor.transform(table, unknownAs(options));
  const unknown = tellUnknown(preprocessor, table, context);
  const {
    outside,
    notes: ofOutside,
    column,
  } = tellOutside({ cells: preprocessor.outside(table) }, table.rows);
  tellNotes(ofOutside, context);
  const notes = [...ofTable, ...unknown, ...ofOutside];
  using backend = await openBackend(options, context);
  using model = await load(backend, dtype);
  context.status(`Predicting ${table.rows} rows`);
  const further = await model.further?.(x);
  const beside = [...(further ? [further] : []), ...(options.outside ? [column] : [])];
  const isKnown = hasTargets(preprocessor, table);
  if (!('classes' in model)) {
    const values = await model.predict(x);
    const truth = isKnown && table.rows > 1 ? preprocessor.targets(table) : undefined;
    const score = truth && (await model.score(x, truth));
    const grade = (rows: readonly number[]): PredictionScore | undefined =>
      truth && rows.length > 1
        ? { metric: 'r2', value: rSquared(pick(values, rows), pick(truth.data, rows), targetNames.length) }
        : undefined;
    const predictions: Predictions = {
      task: 'regression',
      target: targetNames,
      header: targetNames,
      rows: preprocessor.targetCells(values),
      outside,
      notes,
      score: score === undefined ? undefined : { metric: 'r2', value: score },
      ...(truth && (await fittedPart(model, x, grade))),
      of: 'rows',
    };
    return withBeside(predictions, table, options, beside);
  }
  const [name = 'class'] = targetNames;
  const truth = isKnown ? preprocessor.labels(table) : undefined;
  const labels = await model.predict(x);
  const values = probabilities ? await model.predictProba?.(x) : undefined;
  const predictions = classPredictions(
    labels,
    name,
    truth,
    'rows',
    values && { classes: model.classes, values },
  );
  const grade = (rows: readonly number[]): PredictionScore | undefined =>
    truth && accuracyOf(pick(labels, rows), pick(truth, rows));
  return {
    ...withBeside(predictions, table, options, beside),
    outside,
    notes,
    ...(truth && (await fittedPart(model, x, grade))),
  };
}

/** How many of the rows the model was fitted on, where it tells, and how good it is on the others. */
async function fittedPart(
  model: RowModel,
  x: DenseMatrix,
  grade: (rows: readonly number[]) => PredictionScore | undefined,
): Promise<Pick<Predictions, 'fitted'>> {
  const { machine, origin } = model;
  if (machine === undefined || origin === undefined) return {};
  const isFitted = (await fittedRows({ machine, origin }, x)) ?? [];
  const others = isFitted.flatMap((one, row) => (one ? [] : [row]));
  const rows = isFitted.length - others.length;
  if (rows === 0) return {};
  const score = others.length > 0 ? grade(others) : undefined;
  return { fitted: { rows, ...(score && { others: score }) } };
}
