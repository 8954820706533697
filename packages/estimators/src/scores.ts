import { OptionError } from '@agop/core';

/** Fraction of rows whose class is right. */
export function accuracy(predicted: ArrayLike<unknown>, actual: ArrayLike<unknown>): number {
  let hits = 0;
  for (let i = 0; i < actual.length; i++) if (predicted[i] === actual[i]) hits += 1;
  return hits / actual.length;
}

/** Mean of squared differences over all entries. */
export function meanSquaredError(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  return squaredDistance(predicted, actual) / actual.length;
}

/**
 * Mean over rows of the squared length of the difference: squared errors summed over outputs, where
 * {@link meanSquaredError} takes their mean. The error that the published ConvRFM notebooks print.
 */
export function meanSquaredNorm(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  outputs: number,
): number {
  return squaredDistance(predicted, actual) / (actual.length / outputs);
}

/** Mean of absolute differences over all entries. */
export function meanAbsoluteError(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += Math.abs((predicted[i] as number) - (actual[i] as number));
  return sum / actual.length;
}

/**
 * Coefficient of determination R², averaged over outputs: 1 - residual / total sum of squares. For an output
 * that does not vary: 1 if predicted exactly, else 0.
 */
export function rSquared(predicted: ArrayLike<number>, actual: ArrayLike<number>, outputs: number): number {
  const rows = actual.length / outputs;
  let total = 0;
  for (let c = 0; c < outputs; c++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += (actual[i * outputs + c] as number) / rows;
    let residual = 0;
    let spread = 0;
    for (let i = 0; i < rows; i++) {
      const y = actual[i * outputs + c] as number;
      residual += ((predicted[i * outputs + c] as number) - y) ** 2;
      spread += (y - mean) ** 2;
    }
    total += spread === 0 ? Number(residual === 0) : 1 - residual / spread;
  }
  return total / outputs;
}

function squaredDistance(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += ((predicted[i] as number) - (actual[i] as number)) ** 2;
  return sum;
}

const directions = { accuracy: 'higher', r2: 'higher', mse: 'lower', mae: 'lower' } as const;

/** Scores by which fits are compared. */
export type ScoreName = keyof typeof directions;

/**
 * A score of numbers, all rows and outputs together.
 *
 * @throws {OptionError} for the accuracy, which numbers do not have
 */
export function numericScore(
  name: ScoreName,
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  outputs: number,
): number {
  switch (name) {
    case 'mse':
      return meanSquaredError(predicted, actual);
    case 'mae':
      return meanAbsoluteError(predicted, actual);
    case 'r2':
      return rSquared(predicted, actual, outputs);
    case 'accuracy':
      throw new OptionError('selection', "A regression has no accuracy. Use 'mse', 'mae' or 'r2'.");
  }
}

/** Values of some scores. */
export type Scores = { readonly [Name in ScoreName]?: number | undefined };

/**
 * The one order of scores: whether a fit beats the best one so far. The first score of the list in which they
 * differ decides; equal fits leave the earlier one the best, and NaN loses against anything later.
 *
 * @param scores of the fit; a fit without scores beats nothing
 * @param best scores of the best fit so far; undefined where there is none
 */
export function better(
  scores: Scores | undefined,
  best: Scores | undefined,
  order: readonly ScoreName[],
): boolean {
  if (!best) return true;
  for (const name of order) {
    const [value, other] = [scores?.[name], best[name]];
    if (value === undefined || other === undefined || value === other) continue;
    if (Number.isNaN(other)) return true;
    return directions[name] === 'higher' ? value > other : value < other;
  }
  return false;
}
