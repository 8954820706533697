import { randomPermutation, subkey, throwIfAborted } from '@agop/core';
import type { Column, ColumnImportance, Table } from '@agop/data';
import { takeRows } from '@agop/data';
import { classScore, rSquared } from '@agop/estimators';
import { featureImportances } from '@agop/tabular';
import type { HeldOutImportances } from '../tabular/result.ts';
import type { Judged } from './evaluation.ts';
import type { TableModel } from './model.ts';

/**
 * Share of each column of the table in the metrics of the fits, averaged as their predictions are; the sum is
 * 1.
 */
export async function metricShares(model: TableModel): Promise<ColumnImportance[]> {
  const sums = new Map<string, number>();
  for (const { preprocessor, fitted, share } of model.members) {
    for (const own of preprocessor.columnImportances(await featureImportances(fitted))) {
      sums.set(own.column, (sums.get(own.column) ?? 0) + share * own.importance);
    }
  }
  return [...sums].map(([column, importance]) => ({ column, importance }));
}

/** Most columns that are shuffled, and most rows. */
const [mostColumns, mostRows, predictedRows] = [10, 250, 1000];

/**
 * What predictions rest on: how much worse the score is where a column is shuffled among rows that the model
 * has not seen. R² of numbers; of classes the Brier score of their probabilities, which moves where no label
 * does: with few rows, and where nearly all have one class. Undefined for fewer than two rows, and where the
 * score has no value.
 *
 * @param judged the rows with their predictions
 * @param predict outputs for other rows: values, or probabilities
 */
export async function shuffledImportances(
  table: Table,
  judged: Judged,
  importances: readonly ColumnImportance[],
  predict: (table: Table) => Promise<ArrayLike<number>>,
  { seed, signal }: { readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<HeldOutImportances | undefined> {
  const drawn = randomPermutation(table.rows, subkey(seed, 'row-sample')).slice(0, mostRows).sort();
  const { task, outputs } = judged;
  const rows = task === 'regression' ? drawn : drawn.filter((row) => (judged.actual[row] as number) >= 0);
  if (rows.length < 2) return undefined;
  const held = takeRows(table, rows);
  const wide = task === 'regression' ? outputs : 1;
  const actual = Float64Array.from(
    { length: rows.length * wide },
    (_, at) => judged.actual[(rows[Math.floor(at / wide)] as number) * wide + (at % wide)] as number,
  );
  /** The larger, the better. */
  const scoreOf = (predicted: ArrayLike<number>): number =>
    task === 'regression'
      ? rSquared(predicted, actual, outputs)
      : -classScore('brier', predicted, Int32Array.from(actual), outputs);
  const score = scoreOf(await predict(held));
  const chosen = importances
    .filter(({ importance }) => importance > 0)
    .toSorted((a, b) => b.importance - a.importance)
    .slice(0, mostColumns);
  const repeats = Math.min(10, Math.max(3, Math.floor(predictedRows / rows.length)));
  const columns: { column: string; drop: number; deviation: number }[] = [];
  for (const [at, { column }] of chosen.entries()) {
    const drops: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      throwIfAborted(signal, 'The importances');
      const order = randomPermutation(rows.length, subkey(seed, 'permutation', repeat * mostColumns + at));
      drops.push(score - scoreOf(await predict(withColumn(held, column, (own) => reordered(own, order)))));
    }
    const drop = drops.reduce((sum, one) => sum + one / repeats, 0);
    const squares = drops.reduce((sum, one) => sum + (one - drop) ** 2, 0);
    columns.push({ column, drop, deviation: Math.sqrt(squares / repeats) });
  }
  if (![score, ...columns.map(({ drop }) => drop)].every(Number.isFinite)) return undefined;
  return {
    ...(task === 'regression' ? { measure: 'r2', score } : { measure: 'brier', score: -score }),
    rows: rows.length,
    columns: columns.toSorted((a, b) => b.drop - a.drop),
  };
}

/** A table with another column in place of one. */
export function withColumn(table: Table, name: string, change: (column: Column) => Column): Table {
  return {
    ...table,
    columns: table.columns.map((column) => (column.name === name ? change(column) : column)),
  };
}

function reordered(column: Column, order: Int32Array): Column {
  return column.kind === 'numeric'
    ? { ...column, values: Float64Array.from(order, (row) => column.values[row] as number) }
    : { ...column, codes: order.map((row) => column.codes[row] as number) };
}
