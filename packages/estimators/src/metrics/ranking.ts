import { checkNumbers } from '@agop/core/options';
import type { RowWeights } from './numbers.ts';
import { checkScored } from './scored.ts';

/** One point of a curve: what holds where values from `threshold` on count as positive. */
export interface ThresholdPoint {
  readonly threshold: number;
  /** Weight of the positive rows that are found. */
  readonly truePositive: number;
  /** Weight of the other rows that are taken for positive. */
  readonly falsePositive: number;
}

/** All thresholds that differ, from the highest: rows with equal values fall together. */
export interface ThresholdSweep {
  readonly points: readonly ThresholdPoint[];
  /** Weight of all positive rows. */
  readonly positive: number;
  /** Weight of all other rows. */
  readonly negative: number;
}

/**
 * Counts true and false positives for every threshold: what ROC and precision-recall curves are drawn of.
 *
 * @param values larger where a row is more likely positive, [n]
 * @param isPositive [n]
 */
export function sweepThresholds(
  values: ArrayLike<number>,
  isPositive: (row: number) => boolean,
  weights?: RowWeights,
): ThresholdSweep {
  checkNumbers('values', values);
  if (weights !== undefined) checkNumbers('weights', weights, values.length);
  const order = Uint32Array.from({ length: values.length }, (_, row) => row).sort(
    (a, b) => (values[b] as number) - (values[a] as number) || a - b,
  );
  const points: ThresholdPoint[] = [];
  let [truePositive, falsePositive] = [0, 0];
  for (const [at, row] of order.entries()) {
    const weight = weights === undefined ? 1 : (weights[row] as number);
    if (isPositive(row)) truePositive += weight;
    else falsePositive += weight;
    const next = order[at + 1];
    if (next !== undefined && values[next] === values[row]) continue;
    points.push({ threshold: values[row] as number, truePositive, falsePositive });
  }
  return { points, positive: truePositive, negative: falsePositive };
}

/**
 * Area under the ROC curve: the probability that a positive row has a larger value than another one, equal
 * values counting half. NaN where rows of one kind are missing, or a value is NaN.
 */
export function areaUnderRoc(
  values: ArrayLike<number>,
  isPositive: (row: number) => boolean,
  weights?: RowWeights,
): number {
  checkNumbers('values', values);
  for (let row = 0; row < values.length; row++) if (Number.isNaN(values[row])) return Number.NaN;
  const { points, positive, negative } = sweepThresholds(values, isPositive, weights);
  let [area, before, height] = [0, 0, 0];
  for (const { truePositive, falsePositive } of points) {
    area += ((falsePositive - before) * (truePositive + height)) / 2;
    [before, height] = [falsePositive, truePositive];
  }
  return area / (positive * negative);
}

/**
 * AUC of classes: of two, that of the probability of the second; of more, each against the rest, averaged
 * over the classes for which the rows have both (scikit-learn's `multi_class='ovr', average='macro'`, which
 * wants all of them). NaN where there is none.
 *
 * @param probabilities [n, classes]: of two classes only the second column counts
 * @param actual class indices [n]
 */
export function areaUnderRocOfClasses(
  probabilities: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: number,
  weights?: RowWeights,
): number {
  checkScored(probabilities, actual, weights, { each: classes });
  const of = (index: number): number => {
    const values = Float64Array.from(actual, (_, row) => probabilities[row * classes + index] as number);
    return areaUnderRoc(values, (row) => actual[row] === index, weights);
  };
  if (classes === 2) return of(1);
  const occurring = [...new Set(Array.from(actual))].sort((a, b) => a - b);
  if (occurring.length < 2) return Number.NaN;
  return occurring.reduce((sum, index) => sum + of(index), 0) / occurring.length;
}

/**
 * Average precision: precision averaged over the thresholds, weighted by the recall that each adds. NaN
 * without a positive row.
 */
export function averagePrecision(
  values: ArrayLike<number>,
  isPositive: (row: number) => boolean,
  weights?: RowWeights,
): number {
  const { points, positive } = sweepThresholds(values, isPositive, weights);
  let [sum, before] = [0, 0];
  for (const { truePositive, falsePositive } of points) {
    if (truePositive > before)
      sum += ((truePositive - before) * truePositive) / (truePositive + falsePositive);
    before = truePositive;
  }
  return sum / positive;
}
