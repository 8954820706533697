import { randomPermutation, subkey } from '@agop/core';
import { type ColumnImportance, takeRows } from '@agop/data';
import type { Label, PermutationOptions, RFMClassifier, RFMRegressor } from '@agop/rfm';
import type { TabularData } from './data.ts';
import type { HeldOutImportances } from './result.ts';

/** Most columns that are permuted: those with the largest share of the metric. */
const mostColumns = 10;
/** Most held-out rows that are predicted for it, drawn at random. */
const mostRows = 250;
/** Rows that are predicted for each column: fewer are permuted more often. */
const predictedRows = 1000;
const repeatsOf = (rows: number): number => Math.min(10, Math.max(3, Math.floor(predictedRows / rows)));

interface Options {
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What predictions of held-out rows rest on: how far their score drops where a column of the table is
 * permuted among them, all matrix columns of a category together. Undefined where fewer than two rows are
 * held out, or scores leave float64.
 *
 * @param importances shares of the metric, which choose the columns: without weight in distances a column has
 *   no effect
 */
export async function heldOutImportances(
  model: RFMRegressor | RFMClassifier<Label>,
  { preprocessor, held: all }: TabularData,
  importances: readonly ColumnImportance[],
  { seed, signal }: Options,
): Promise<HeldOutImportances | undefined> {
  if (!all || all.rows < 2) return undefined;
  const drawn = randomPermutation(all.rows, subkey(seed, 'row-sample')).slice(0, mostRows).sort();
  const held = takeRows(all, drawn);
  const x = preprocessor.transform(held, { unknownCategories: 'ignore' });
  const chosen = importances
    .filter(({ importance }) => importance > 0)
    .toSorted((a, b) => b.importance - a.importance)
    .slice(0, mostColumns);
  const groups = chosen.map(({ column }) =>
    preprocessor.blocks
      .filter((block) => block.column === column)
      .flatMap(({ start, length }) => Array.from({ length }, (_, j) => start + j)),
  );
  const options: PermutationOptions = { groups, repeats: repeatsOf(held.rows), seed, signal };
  const isClassifier = 'classes' in model;
  const { score, mean, deviation } = isClassifier
    ? await model.permutationImportances(x, preprocessor.labels(held), options)
    : await model.permutationImportances(x, preprocessor.targets(held), options);
  if (![score, ...mean, ...deviation].every(Number.isFinite)) return undefined;
  const columns = chosen.map(({ column }, i) => ({
    column,
    drop: mean[i] as number,
    deviation: deviation[i] as number,
  }));
  return {
    measure: isClassifier ? 'accuracy' : 'r2',
    score,
    rows: held.rows,
    columns: columns.toSorted((a, b) => b.drop - a.drop),
  };
}
