import { checkWhole } from '@agop/core/options';
import { type RowWeights, weightedMean } from './numbers.ts';
import { checkScored } from './scored.ts';

/** More classes than this are none. */
const mostClasses = 2 ** 24;
/** Probabilities count as at least this in the log-loss, as scikit-learn has it: ε of float64. */
const smallestProbability = 2 ** -52;

/**
 * Fraction of rows whose class is right.
 *
 * @throws {ShapeError} where numbers differ
 * @throws {DTypeError} for anything but lists
 */
export function accuracy(
  predicted: ArrayLike<unknown>,
  actual: ArrayLike<unknown>,
  weights?: RowWeights,
): number {
  checkScored(predicted, actual, weights);
  return weightedMean(actual.length, weights, (row) => Number(predicted[row] === actual[row]));
}

/**
 * Mean over the classes that occur of the fraction of their rows that are recognized.
 *
 * @throws {ShapeError} where numbers differ
 * @throws {DTypeError} for anything but lists
 */
export function balancedAccuracy(
  predicted: ArrayLike<unknown>,
  actual: ArrayLike<unknown>,
  weights?: RowWeights,
): number {
  checkScored(predicted, actual, weights);
  const classes = new Map<unknown, { hits: number; total: number }>();
  for (let row = 0; row < actual.length; row++) {
    const weight = weights === undefined ? 1 : (weights[row] as number);
    const counts = classes.get(actual[row]) ?? { hits: 0, total: 0 };
    counts.total += weight;
    if (predicted[row] === actual[row]) counts.hits += weight;
    classes.set(actual[row], counts);
  }
  const recalls = [...classes.values()].flatMap(({ hits, total }) => (total > 0 ? [hits / total] : []));
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}

/**
 * F1, the harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN): of the second class where there are
 * two (scikit-learn's `average='binary'` with the last label positive), else averaged over the classes that
 * occur or are predicted (`average='macro'`). 0 where nothing was found.
 *
 * @param predicted class indices [n]
 * @param actual class indices [n]
 * @throws {OptionError} for a number of classes that is not whole
 * @throws {ShapeError} where numbers differ
 * @throws {DTypeError} for anything but lists
 */
export function f1Score(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: number,
  weights?: RowWeights,
): number {
  checkScored(predicted, actual, weights);
  checkWhole('classes', classes, 1, mostClasses);
  const found = new Float64Array(classes);
  const claimed = new Float64Array(classes);
  const occurring = new Float64Array(classes);
  const add = (counts: Float64Array, index: number, weight: number): void => {
    counts[index] = (counts[index] as number) + weight;
  };
  for (let row = 0; row < actual.length; row++) {
    const weight = weights === undefined ? 1 : (weights[row] as number);
    add(claimed, predicted[row] as number, weight);
    add(occurring, actual[row] as number, weight);
    if (predicted[row] === actual[row]) add(found, actual[row] as number, weight);
  }
  const of = (index: number): number => {
    const total = (claimed[index] as number) + (occurring[index] as number);
    return total > 0 ? (2 * (found[index] as number)) / total : 0;
  };
  if (classes === 2) return of(1);
  const present = Array.from({ length: classes }, (_, index) => index).filter(
    (index) => (claimed[index] as number) + (occurring[index] as number) > 0,
  );
  return present.reduce((sum, index) => sum + of(index), 0) / present.length;
}

/**
 * Mean of -log of the probability of the right class, in nats; probabilities count as at least ε = 2⁻⁵².
 *
 * @param probabilities [n, classes], rows sum to 1
 * @param actual class indices [n]
 * @throws {ShapeError} where numbers differ
 * @throws {DTypeError} for anything but lists
 */
export function logLoss(
  probabilities: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: number,
  weights?: RowWeights,
): number {
  checkScored(probabilities, actual, weights, { each: classes });
  return weightedMean(actual.length, weights, (row) => {
    const p = probabilities[row * classes + (actual[row] as number)] as number;
    return -Math.log(Math.min(Math.max(p, smallestProbability), 1));
  });
}

/**
 * Brier score: mean of the squared differences between probabilities and what happened; of two classes that
 * of the second alone, of more the sum over classes, as in scikit-learn from 1.7.
 *
 * @param probabilities [n, classes]
 * @param actual class indices [n]
 * @throws {ShapeError} where numbers differ
 * @throws {DTypeError} for anything but lists
 */
export function brierScore(
  probabilities: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: number,
  weights?: RowWeights,
): number {
  checkScored(probabilities, actual, weights, { each: classes });
  return weightedMean(actual.length, weights, (row) => {
    let sum = 0;
    for (let k = classes === 2 ? 1 : 0; k < classes; k++) {
      sum += ((probabilities[row * classes + k] as number) - Number(actual[row] === k)) ** 2;
    }
    return sum;
  });
}
