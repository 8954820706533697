import { randomArray, subkey } from '@agop/core';
import {
  argmaxRows,
  classScore,
  classScores,
  directionOf,
  numericScore,
  numericScores,
  type ScoreName,
} from '@agop/estimators';
import type { Evaluation } from './result.ts';

/** Predictions of rows whose truth is known. */
export type Judged =
  | {
      readonly task: 'regression';
      /** Values [n, outputs], row-major. */
      readonly predicted: ArrayLike<number>;
      readonly actual: ArrayLike<number>;
      readonly outputs: number;
      /** How much each row counts, [n]; undefined where all count alike. */
      readonly weights: ArrayLike<number> | undefined;
    }
  | {
      readonly task: 'classification';
      /** Probabilities [n, classes], row-major. */
      readonly predicted: ArrayLike<number>;
      /** Class indices [n]; -1 for a class that the model does not know. */
      readonly actual: ArrayLike<number>;
      readonly outputs: number;
      readonly weights: ArrayLike<number> | undefined;
    };

/** Number of rows. */
export function rowsOf({ predicted, outputs }: Judged): number {
  return predicted.length / outputs;
}

/** Some of the rows. */
export function pickRows(judged: Judged, rows: ArrayLike<number>): Judged {
  const { outputs, predicted, actual, weights } = judged;
  const wide = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(
      { length: rows.length * outputs },
      (_, at) => values[(rows[Math.floor(at / outputs)] as number) * outputs + (at % outputs)] as number,
    );
  return {
    ...judged,
    predicted: wide(predicted),
    actual:
      judged.task === 'regression' ? wide(actual) : Int32Array.from(rows, (row) => actual[row] as number),
    weights: weights && Float64Array.from(rows, (row) => weights[row] as number),
  };
}

/** The scores that predictions have. */
export function scoreNames({ task }: Pick<Judged, 'task'>): readonly ScoreName[] {
  return task === 'regression' ? numericScores : classScores;
}

/**
 * A score of predictions; NaN where it has no value. Rows of classes that the model does not know count as
 * wrong for the accuracy, and not at all for other scores.
 */
export function scoreOf(name: ScoreName, judged: Judged): number {
  const { predicted, actual, outputs, weights } = judged;
  if (judged.task === 'regression') {
    // One row has no variance to be explained.
    if (name === 'r2' && rowsOf(judged) < 2) return Number.NaN;
    return numericScore(name, predicted, actual, outputs, weights ?? undefined);
  }
  const all = Int32Array.from({ length: rowsOf(judged) }, (_, row) => row);
  const known = all.filter((row) => (actual[row] as number) >= 0);
  if (known.length === all.length || name === 'accuracy') {
    return classScore(name, predicted, actual, outputs, weights ?? undefined);
  }
  if (known.length === 0) return Number.NaN;
  const own = pickRows(judged, known);
  return classScore(name, own.predicted, own.actual, outputs, own.weights ?? undefined);
}

/** A score with what it may be by chance. */
export interface Spread {
  readonly low: number;
  readonly high: number;
}

/** Resampled tests, and the share of them that lies between the ends. */
const [resamples, share] = [100, 0.9];
/** Row samples before it are those of a table that is larger than asked for. */
const firstSample = 2 ** 20;
/** More rows leave nothing to chance that could be seen. */
const mostRows = 20_000;

/**
 * Where scores would lie for other tests of as many rows like these: the middle 90 % of those of rows drawn
 * with replacement (the bootstrap). Undefined for fewer than 10 rows, and for more than 20,000.
 */
export function spreadsOf(
  judged: Judged,
  names: readonly ScoreName[],
  seed: number,
): Readonly<Partial<Record<ScoreName, Spread>>> {
  const rows = rowsOf(judged);
  if (rows < 10 || rows > mostRows) return {};
  const values = names.map((): number[] => []);
  for (let sample = 0; sample < resamples; sample++) {
    const shares = randomArray(rows, 'uniform', subkey(seed, 'row-sample', firstSample + sample), 'float64');
    const own = pickRows(
      judged,
      Int32Array.from(shares, (one) => Math.floor(one * rows)),
    );
    for (const [at, name] of names.entries()) values[at]?.push(scoreOf(name, own));
  }
  const ends = [(1 - share) / 2, (1 + share) / 2].map((part) => Math.round(part * (resamples - 1)));
  const spreads = names.flatMap((name, at) => {
    const sorted = Float64Array.from(values[at] ?? []).sort();
    const [low = Number.NaN, high = Number.NaN] = ends.map((end) => sorted[end] as number);
    return Number.isFinite(low) && Number.isFinite(high) ? [[name, { low, high }] as const] : [];
  });
  return Object.fromEntries(spreads);
}

/** Mean and standard deviation of a score over folds; undefined where there is one fold only. */
export function overFolds(
  name: ScoreName,
  judged: Judged,
  folds: readonly number[],
): { readonly mean: number; readonly deviation: number } | undefined {
  if (folds.length < 2) return undefined;
  let begin = 0;
  const values = folds.map((size) => {
    const rows = Int32Array.from({ length: size }, (_, at) => begin + at);
    begin += size;
    return scoreOf(name, pickRows(judged, rows));
  });
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (values.length - 1));
  return Number.isFinite(deviation) ? { mean, deviation } : undefined;
}

/** How many rows of each class (rows) are taken for each class (columns): sums of their weights. */
export function confusionOf(judged: Judged & { task: 'classification' }): number[][] {
  const { predicted, actual, outputs, weights } = judged;
  const counts = Array.from({ length: outputs }, () => new Array<number>(outputs).fill(0));
  for (const [row, guess] of argmaxRows(predicted, outputs).entries()) {
    const own = counts[actual[row] as number];
    if (own) own[guess] = (own[guess] as number) + (weights?.[row] ?? 1);
  }
  return counts;
}

/** Precision and recall of each class. */
export function classQualities(
  confusion: readonly (readonly number[])[],
  labels: readonly (string | number)[],
): NonNullable<Evaluation['classes']> {
  return labels.map((label, index) => {
    const hits = confusion[index]?.[index] ?? 0;
    const rows = (confusion[index] ?? []).reduce((sum, count) => sum + count, 0);
    const taken = confusion.reduce((sum, own) => sum + (own[index] ?? 0), 0);
    return {
      label,
      precision: taken > 0 ? hits / taken : null,
      recall: rows > 0 ? hits / rows : null,
      f1: rows + taken > 0 ? (2 * hits) / (rows + taken) : null,
      rows,
    };
  });
}

/** Whether more of a score is better. */
export function isGain(name: ScoreName): boolean {
  return directionOf(name) === 'higher';
}
