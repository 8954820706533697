import { OptionError } from '@agop/core';
import { checkNumbers, checkRange, checkWhole } from '@agop/core/options';

/**
 * The bound that a further score keeps with a probability of at least `level`, whatever the distribution, if
 * it and the given scores are exchangeable: the ⌈(m + 1) level⌉-th smallest of m scores; infinite where there
 * are too few for the level.
 *
 * Source: Vovk, Gammerman, Shafer, "Algorithmic Learning in a Random World" (2005), chapter 2; Lei et al.,
 * "Distribution-Free Predictive Inference for Regression", JASA 113 (2018).
 *
 * @param sorted scores, ascending
 * @param level probability, above 0 and below 1
 */
export function conformalBound(sorted: ArrayLike<number>, level: number): number {
  checkNumbers('sorted', sorted);
  const place = Math.ceil((sorted.length + 1) * checkLevel(level));
  return place > sorted.length ? Number.POSITIVE_INFINITY : (sorted[place - 1] as number);
}

/** @throws {OptionError} for a level that is no probability between 0 and 1 */
export function checkLevel(level: number): number {
  if (level === 1) throw new OptionError('level', { requirement: 'be below 1', received: level });
  return checkRange('level', level, 0, 1);
}

/**
 * How far off predictions of numbers are, sorted: absolute residuals of each output.
 *
 * @param predictions [n, outputs], row-major, for rows that the fits had not seen
 * @returns one list for each output
 * @throws {OptionError} for numbers that do not make rows of `outputs`
 */
export function residualScores(
  predictions: ArrayLike<number>,
  actual: ArrayLike<number>,
  outputs: number,
): Float64Array<ArrayBuffer>[] {
  checkRows('actual', actual, 'outputs', outputs);
  checkNumbers('predictions', predictions, actual.length);
  return Array.from({ length: outputs }, (_, k) => {
    const scores = new Float64Array(actual.length / outputs);
    for (let row = 0; row < scores.length; row++) {
      const at = row * outputs + k;
      scores[row] = Math.abs((actual[at] as number) - (predictions[at] as number));
    }
    return scores.sort();
  });
}

/**
 * How improbable the right classes were, 1 - p, sorted.
 *
 * Source: Sadinle, Lei, Wasserman, "Least Ambiguous Set-Valued Classifiers", JASA 114 (2019).
 *
 * @param probabilities [n, classes], row-major, for rows that the fits had not seen
 * @param actual class indices [n]
 * @throws {OptionError} for probabilities that do not go with the classes
 */
export function labelScores(
  probabilities: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: number,
): Float64Array<ArrayBuffer> {
  checkNumbers('actual', actual);
  checkWhole('classes', classes, 1);
  checkNumbers('probabilities', probabilities, actual.length * classes);
  return Float64Array.from(
    actual,
    (index, row) => 1 - (probabilities[row * classes + index] as number),
  ).sort();
}

/**
 * Sets of classes that hold the right one with the probability of the bound: all that are at least as
 * probable as it asks, and the most probable one in any case.
 *
 * @param probabilities [n, classes], row-major
 * @returns class indices of each row, the most probable first
 * @throws {OptionError} for probabilities that do not make rows of the classes
 */
export function labelSets(probabilities: ArrayLike<number>, classes: number, bound: number): number[][] {
  checkRows('probabilities', probabilities, 'classes', classes);
  return Array.from({ length: probabilities.length / classes }, (_, row) => {
    const of = (index: number): number => probabilities[row * classes + index] as number;
    const order = Array.from({ length: classes }, (__, index) => index).sort(
      (a, b) => of(b) - of(a) || a - b,
    );
    return order.filter((index, place) => place === 0 || 1 - of(index) <= bound);
  });
}

/** @throws {OptionError} for numbers that do not make rows of so many */
export function checkRows(
  option: string,
  values: ArrayLike<number>,
  width: 'outputs' | 'classes',
  count: number,
): void {
  checkNumbers(option, values);
  checkWhole(width, count, 1, Math.max(1, values.length));
  if (Number.isInteger(values.length / count)) return;
  throw new OptionError(option, `${values.length} numbers do not make rows of ${count} ${width}.`);
}
