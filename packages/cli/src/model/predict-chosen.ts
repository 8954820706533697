import type { Backend, FloatDType } from '@agop/core';
import type { Label, Table, TablePreprocessor } from '@agop/data';
import { argmaxRows, rSquared } from '@agop/estimators';
import { calendarOf, unitOf } from '@agop/experiments/table-choice';
import { formatPercent } from '@agop/report';
import type { TabularClassifier, TabularRegressor } from '@agop/tabular';
import { openBackend } from '../backends/backends.ts';
import type { Context } from '../command.ts';
import { tellNotes } from '../table/notes.ts';
import { type Further, withBeside } from './beside.ts';
import { knownRows } from './fitted-rows.ts';
import { hasTargets, pick, readRows, tellUnknown, unknownAs } from './model-rows.ts';
import { tellOutside } from './outside.ts';
import type { PredictOptions } from './predict-options.ts';
import { accuracyOf, classPredictions, type PredictionScore, type Predictions } from './predictions.ts';

/** A model whose settings were chosen. */
export type ChosenModel = TabularClassifier<Label> | TabularRegressor;

/**
 * Predicts the rows of a table with a model whose settings were chosen.
 *
 * @param preprocessors of the fits that it averages
 * @param load brings the model to a backend
 */
export async function predictChosen(
  path: string,
  preprocessors: readonly TablePreprocessor[],
  load: (backend: Backend, dtype: FloatDType | undefined) => Promise<ChosenModel>,
  options: PredictOptions,
  context: Context,
): Promise<Predictions> {
  const [first] = preprocessors as readonly [TablePreprocessor];
  const { table, notes: ofTable } = await readRows(path, preprocessors, options, context);
  if (options.unknown === 'error') first.transform(table, unknownAs(options));
  const unknown = tellUnknown(first, table, context);
  using backend = await openBackend(options, context);
  using model = await load(backend, options.dtype);
  context.status(`Predicting ${table.rows} rows`);
  const isKnown = hasTargets(first, table);
  const { targetNames } = first;
  const outside = tellOutside(await model.extrapolation(table), table.rows);
  tellNotes(outside.notes, context);
  const withFurther = (predictions: Predictions, further: readonly Further[]): Predictions => ({
    ...withBeside(predictions, table, options, [...further, ...(options.outside ? [outside.column] : [])]),
    outside: outside.outside,
    notes: [...ofTable, ...unknown, ...outside.notes],
  });
  if ('classes' in model) {
    const probabilities = await model.predictProba(table);
    const indices = argmaxRows(probabilities, model.classes.length);
    const labels = Array.from(indices, (index) => model.classes[index] as Label);
    const truth = isKnown ? first.labels(table) : undefined;
    const values = { classes: model.classes, values: probabilities };
    const [name = 'class'] = targetNames;
    const shown = options.probabilities ? values : undefined;
    const predictions = classPredictions(labels, name, truth, 'rows', shown);
    const grade = (rows: readonly number[]): PredictionScore | undefined =>
      truth && accuracyOf(pick(labels, rows), pick(truth, rows));
    return {
      ...withFurther(predictions, await besideClasses(model, table, indices, options)),
      ...(truth && fittedPart(model, table, grade)),
    };
  }
  const values = await model.predict(table);
  const truth = isKnown && table.rows > 1 ? first.targets(table).data : undefined;
  const outputs = targetNames.length;
  const grade = (rows: readonly number[]): PredictionScore | undefined =>
    truth && rows.length > 1
      ? { metric: 'r2', value: rSquared(wide(values, rows, outputs), wide(truth, rows, outputs), outputs) }
      : undefined;
  const all = Array.from({ length: table.rows }, (_, row) => row);
  const predictions: Predictions = {
    task: 'regression',
    target: targetNames,
    header: targetNames,
    rows: first.targetCells(values),
    score: grade(all),
    of: 'rows',
  };
  return {
    ...withFurther(predictions, await besideNumbers(model, table, first, options)),
    ...(truth && fittedPart(model, table, grade)),
  };
}

/** Values of some rows, all outputs. */
function wide(values: ArrayLike<number>, rows: readonly number[], outputs: number): number[] {
  return rows.flatMap((row) =>
    Array.from({ length: outputs }, (_, k) => values[row * outputs + k] as number),
  );
}

/** What contributions to a class add up to: each row has its own class. */
const predicted = 'p(predicted class)';

/** Sets of labels, and what columns contribute to the probability of the predicted class. */
async function besideClasses(
  model: TabularClassifier<Label>,
  table: Table,
  indices: ArrayLike<number>,
  { interval, explain }: PredictOptions,
): Promise<Further[]> {
  const further: Further[] = [];
  if (interval !== undefined) {
    const sets = await model.predictSets(table, interval);
    further.push({ header: [`labels (${percent(interval)})`], rows: sets.map((set) => [set.join('|')]) });
  }
  if (explain) {
    const { columns, reference, values } = await model.contributions(table);
    const classes = model.classes.length;
    further.push({
      header: [
        `${predicted} of the average row`,
        ...columns.map((column) => `contribution(${column}) to ${predicted}`),
      ],
      rows: Array.from(indices, (index, row) => {
        const begin = (row * classes + index) * columns.length;
        return [reference[index] as number, ...values.subarray(begin, begin + columns.length)];
      }),
    });
  }
  return further;
}

/** Ends of intervals, and what columns contribute, in units of the targets. */
async function besideNumbers(
  model: TabularRegressor,
  table: Table,
  preprocessor: TablePreprocessor,
  { interval, explain }: PredictOptions,
): Promise<Further[]> {
  const { targetNames } = preprocessor;
  const isAlone = targetNames.length === 1;
  const further: Further[] = [];
  if (interval !== undefined) {
    const { lower, upper } = await model.predictIntervals(table, interval);
    const cells = [lower, upper].map((ends) => preprocessor.targetCells(ends));
    further.push({
      header: targetNames.flatMap((name) => [`${name} from`, `${name} to`]),
      rows: Array.from({ length: table.rows }, (_, row) =>
        targetNames.flatMap((__, k) => cells.map((ends) => ends[row]?.[k] ?? '')),
      ),
    });
  }
  if (explain) {
    const { columns, reference, values } = await model.contributions(table);
    const outputs = targetNames.length;
    const [average = []] = preprocessor.targetCells(reference);
    const of = (name: string): string => (isAlone ? '' : ` to ${name}`);
    const inUnit = (name: string): string => {
      const unit = unitOf([calendarOf(preprocessor, name) ?? null]);
      return unit === undefined ? '' : `, ${unit}`;
    };
    further.push({
      header: targetNames.flatMap((name) => [
        `average row${of(name)}`,
        ...columns.map((column) => `contribution(${column})${of(name)}${inUnit(name)}`),
      ]),
      rows: Array.from({ length: table.rows }, (_, row) =>
        targetNames.flatMap((__, k) => {
          const begin = (row * outputs + k) * columns.length;
          return [average[k] ?? '', ...values.subarray(begin, begin + columns.length)];
        }),
      ),
    });
  }
  return further;
}

function percent(level: number): string {
  return formatPercent(level).replace('.0 ', ' ');
}

/** How many of the rows the model was fitted on, and how good it is on the others. */
function fittedPart(
  model: ChosenModel,
  table: Table,
  grade: (rows: readonly number[]) => PredictionScore | undefined,
): Pick<Predictions, 'fitted'> {
  const isFitted = fittedOn(model, table) ?? [];
  const others = isFitted.flatMap((one, row) => (one ? [] : [row]));
  const rows = isFitted.length - others.length;
  if (rows === 0) return {};
  const score = others.length > 0 ? grade(others) : undefined;
  return { fitted: { rows, ...(score && { others: score }) } };
}

/** Which rows of a table the model was fitted on; undefined where its centers do not tell. */
export function fittedOn(model: ChosenModel, table: Table): boolean[] | undefined {
  const [member] = model.members;
  if (!member || member.fitted.settings.codes.length > 0) return undefined;
  const leaves = member.fitted.leaves.map(({ parts }) => parts.tensors);
  return knownRows(leaves, member.preprocessor.transform(table));
}
