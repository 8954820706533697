import { checkWhole } from '@agop/core/options';
import { unitOf } from '../standardization.ts';
import { checkScored } from './scored.ts';

/** Weights of rows, [n]; undefined where all count alike. */
export type RowWeights = ArrayLike<number> | undefined;

/** Mean of absolute percentage errors divides by at least this, as scikit-learn does: ε of float64. */
const smallestMagnitude = 2 ** -52;

/**
 * Mean of squared differences: over rows, then over outputs.
 *
 * @param predicted [n, outputs], row-major, like all of these
 * @throws {ShapeError} where numbers differ
 * @throws {DTypeError} for anything but lists
 */
export function meanSquaredError(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  weights?: RowWeights,
): number {
  return meanOver(
    predicted,
    actual,
    weights,
    (at) => ((predicted[at] as number) - (actual[at] as number)) ** 2,
  );
}

/**
 * Root of the mean of squared differences over rows, averaged over outputs.
 *
 * @throws {OptionError} for a number of outputs that is not whole
 * @throws {ShapeError} where numbers differ
 * @throws {DTypeError} for anything but lists
 */
export function rootMeanSquaredError(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  outputs: number,
  weights?: RowWeights,
): number {
  checkWhole('outputs', outputs, 1);
  checkScored(predicted, actual, weights, { width: outputs });
  const rows = actual.length / outputs;
  let sum = 0;
  for (let c = 0; c < outputs; c++) {
    const squares = (row: number): number =>
      ((predicted[row * outputs + c] as number) - (actual[row * outputs + c] as number)) ** 2;
    sum += Math.sqrt(weightedMean(rows, weights, squares));
  }
  return sum / outputs;
}

/**
 * Mean over rows of the squared length of the difference: squared errors summed over outputs, where
 * {@link meanSquaredError} takes their mean. The error that the published ConvRFM notebooks print.
 *
 * @throws {OptionError} for a number of outputs that is not whole
 * @throws {ShapeError} where numbers differ
 * @throws {DTypeError} for anything but lists
 */
export function meanSquaredNorm(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  outputs: number,
): number {
  checkWhole('outputs', outputs, 1);
  checkScored(predicted, actual, undefined, { width: outputs });
  let sum = 0;
  for (let at = 0; at < actual.length; at++) sum += ((predicted[at] as number) - (actual[at] as number)) ** 2;
  return sum / (actual.length / outputs);
}

/**
 * Mean of absolute differences: over rows, then over outputs.
 *
 * @throws {ShapeError} where numbers differ
 * @throws {DTypeError} for anything but lists
 */
export function meanAbsoluteError(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  weights?: RowWeights,
): number {
  return meanOver(predicted, actual, weights, (at) =>
    Math.abs((predicted[at] as number) - (actual[at] as number)),
  );
}

/**
 * Mean of absolute differences relative to the actual value, |p - y| / max(|y|, ε): a fraction, 0.1 for ten
 * per cent. Of little use where actual values are near 0.
 *
 * @throws {ShapeError} where numbers differ
 * @throws {DTypeError} for anything but lists
 */
export function meanAbsolutePercentageError(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  weights?: RowWeights,
): number {
  return meanOver(predicted, actual, weights, (at) => {
    const y = actual[at] as number;
    return Math.abs((predicted[at] as number) - y) / Math.max(Math.abs(y), smallestMagnitude);
  });
}

/**
 * Coefficient of determination R², averaged over outputs: 1 - residual / total sum of squares. For an output
 * that does not vary: 1 if predicted exactly, else 0.
 *
 * @throws {OptionError} for a number of outputs that is not whole
 * @throws {ShapeError} where numbers differ
 * @throws {DTypeError} for anything but lists
 */
export function rSquared(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  outputs: number,
  weights?: RowWeights,
): number {
  checkWhole('outputs', outputs, 1);
  checkScored(predicted, actual, weights, { width: outputs });
  const rows = actual.length / outputs;
  const weightOf = (row: number): number => (weights === undefined ? 1 : (weights[row] as number));
  let count = 0;
  for (let row = 0; row < rows; row++) count += weightOf(row);
  let total = 0;
  for (let c = 0; c < outputs; c++) {
    let largest = 0;
    for (let row = 0; row < rows; row++) {
      const [p, y] = [predicted[row * outputs + c] as number, actual[row * outputs + c] as number];
      largest = Math.max(largest, Math.abs(p), Math.abs(y));
    }
    // It is the same in any unit, and squares of huge numbers leave float64.
    const unit = unitOf(largest);
    let mean = 0;
    for (let row = 0; row < rows; row++)
      mean += (weightOf(row) * ((actual[row * outputs + c] as number) / unit)) / count;
    let [residual, spread] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const y = (actual[row * outputs + c] as number) / unit;
      residual += weightOf(row) * ((predicted[row * outputs + c] as number) / unit - y) ** 2;
      spread += weightOf(row) * (y - mean) ** 2;
    }
    total += spread === 0 ? Number(residual === 0) : 1 - residual / spread;
  }
  return total / outputs;
}

/** Σ w f / Σ w over rows. */
export function weightedMean(rows: number, weights: RowWeights, f: (row: number) => number): number {
  let [sum, count] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const weight = weights === undefined ? 1 : (weights[row] as number);
    if (weight === 0) continue;
    sum += weight * f(row);
    count += weight;
  }
  return sum / count;
}

/** Mean over all entries of [n, outputs], each with the weight of its row. */
function meanOver(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  weights: RowWeights,
  f: (at: number) => number,
): number {
  checkScored(predicted, actual, undefined);
  if (weights === undefined) return weightedMean(actual.length, weights, f);
  const outputs = actual.length / weights.length;
  checkScored(predicted, actual, weights, { width: Math.max(1, outputs) });
  const ofEntries = Float64Array.from(actual, (_, at) => weights[Math.floor(at / outputs)] as number);
  return weightedMean(actual.length, ofEntries, f);
}
