import { areaUnderRoc, argmaxRows, averagePrecision, sweepThresholds } from '@agop/estimators';
import type { Calendar } from '../tabular/notation.ts';
import { type Judged, rowsOf } from './evaluation.ts';
import type { Evaluation } from './result.ts';

/** Points that a curve is thinned to. */
const mostPoints = 200;
/** Classes with curves of their own: those with most rows. */
const mostClasses = 6;

/**
 * Curves of each class against the others; of two classes of the second one. Classes without rows, or with
 * all of them, have none.
 */
export function thresholdCurves(
  { predicted, actual, outputs, weights }: Judged & { task: 'classification' },
  labels: readonly (string | number)[],
): NonNullable<Evaluation['curves']> {
  const counts = labels.map((_, k) => Array.from(actual).filter((index) => index === k).length);
  const indices =
    outputs === 2
      ? [1]
      : labels
          .map((_, k) => k)
          .toSorted((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
          .slice(0, mostClasses)
          .sort((a, b) => a - b);
  return indices.flatMap((index) => {
    const values = Float64Array.from(actual, (_, row) => predicted[row * outputs + index] as number);
    const isOwn = (row: number): boolean => actual[row] === index;
    const sweep = sweepThresholds(values, isOwn, weights ?? undefined);
    const { points, positive, negative } = sweep;
    if (positive === 0 || negative === 0) return [];
    const kept = thinned(points);
    return [
      {
        label: labels[index] as string | number,
        roc: {
          x: [0, ...kept.map(({ falsePositive }) => falsePositive / negative)],
          y: [0, ...kept.map(({ truePositive }) => truePositive / positive)],
        },
        auc: areaUnderRoc(values, isOwn, weights ?? undefined),
        precisionRecall: {
          x: kept.map(({ truePositive }) => truePositive / positive),
          y: kept.map(({ truePositive, falsePositive }) => truePositive / (truePositive + falsePositive)),
        },
        averagePrecision: averagePrecision(values, isOwn, weights ?? undefined),
        share: positive / (positive + negative),
      },
    ];
  });
}

/** Some of the points, evenly, with the last one. */
function thinned<T>(points: readonly T[]): readonly T[] {
  if (points.length <= mostPoints) return points;
  const step = (points.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, i) => points[Math.round(i * step)] as T);
}

/** Bins of equally many rows, at least so many each; fewer bins than the least are no curve. */
const [mostBins, leastBins, fewestInBin] = [10, 4, 8];
/** Bins whose probabilities are nearer to each other are one. */
const leastApart = 0.03;

/** How far probabilities can be trusted; undefined for fewer than 32 rows. */
export function calibrationCurve(
  judged: Judged & { task: 'classification' },
  labels: readonly (string | number)[],
): Evaluation['calibration'] {
  const { predicted, actual, outputs, weights } = judged;
  const n = rowsOf(judged);
  const bins = Math.min(mostBins, Math.floor(n / fewestInBin));
  if (bins < leastBins) return undefined;
  const guesses = argmaxRows(predicted, outputs);
  const indexOf = (row: number): number => (outputs === 2 ? 1 : (guesses[row] as number));
  const rows = Array.from({ length: n }, (_, row) => ({
    p: predicted[row * outputs + indexOf(row)] as number,
    hit: actual[row] === indexOf(row) ? 1 : 0,
    weight: weights?.[row] ?? 1,
  })).sort((a, b) => a.p - b.p);
  const made = Array.from({ length: bins }, (_, bin) => {
    const own = rows.slice(Math.floor((bin * n) / bins), Math.floor(((bin + 1) * n) / bins));
    const total = own.reduce((sum, { weight }) => sum + weight, 0);
    const mean = (of: (row: (typeof own)[number]) => number): number =>
      own.reduce((sum, row) => sum + (row.weight * of(row)) / total, 0);
    return { probability: mean(({ p }) => p), frequency: mean(({ hit }) => hit), rows: own.length, total };
  }).filter(({ total }) => total > 0);
  const distinct = mergedBins(made);
  const whole = made.reduce((sum, { total }) => sum + total, 0);
  return {
    label: outputs === 2 ? (labels[1] ?? null) : null,
    bins: distinct.map(({ probability, frequency, rows: count }) => ({
      probability,
      frequency,
      rows: count,
    })),
    error: distinct.reduce(
      (sum, { probability, frequency, total }) => sum + (Math.abs(probability - frequency) * total) / whole,
      0,
    ),
  };
}

interface Bin {
  readonly probability: number;
  readonly frequency: number;
  readonly rows: number;
  /** Sum of their weights. */
  readonly total: number;
}

/** Bins with neighbors of about the same probability in one: apart they would show chance alone. */
function mergedBins(bins: readonly Bin[]): Bin[] {
  const merged: Bin[] = [];
  for (const bin of bins) {
    const last = merged.at(-1);
    if (!last || bin.probability - last.probability >= leastApart) {
      merged.push(bin);
      continue;
    }
    const total = last.total + bin.total;
    const mean = (of: 'probability' | 'frequency'): number =>
      (last[of] * last.total + bin[of] * bin.total) / total;
    const both = { probability: mean('probability'), frequency: mean('frequency') };
    merged[merged.length - 1] = { ...both, rows: last.rows + bin.rows, total };
  }
  return merged;
}

/** Rows that are drawn, and bins of errors; the outermost hold the largest hundredth. */
const [mostDots, errorBins] = [800, 11];

/** The residuals of each target, of a regression. */
export function residualsOf(
  { predicted, actual, outputs }: Judged & { task: 'regression' },
  targets: readonly string[],
  calendars: readonly (Calendar | null)[],
): NonNullable<Evaluation['residuals']> {
  const n = predicted.length / outputs;
  const step = Math.max(1, n / mostDots);
  const some = Array.from({ length: Math.min(n, mostDots) }, (_, i) => Math.floor(i * step));
  return targets.slice(0, 3).map((target, k) => {
    const of = (values: ArrayLike<number>, row: number): number => values[row * outputs + k] as number;
    const errors = Float64Array.from({ length: n }, (_, row) => of(predicted, row) - of(actual, row));
    const sizes = errors.map(Math.abs).sort();
    const limit = sizes[Math.floor(0.99 * (n - 1))] || sizes[n - 1] || 1;
    const width = (2 * limit) / errorBins;
    const counts = new Array<number>(errorBins).fill(0);
    for (const error of errors) {
      const bin = Math.min(errorBins - 1, Math.max(0, Math.floor((error + limit) / width)));
      counts[bin] = (counts[bin] as number) + 1;
    }
    const calendar = calendars[k];
    return {
      target,
      ...(calendar && { calendar }),
      actual: some.map((row) => of(actual, row)),
      predicted: some.map((row) => of(predicted, row)),
      from: counts.map((_, bin) => -limit + bin * width),
      width,
      counts,
      median: sizes[n >> 1] ?? 0,
    };
  });
}
