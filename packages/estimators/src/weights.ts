import { DTypeError, OptionError, ShapeError, shownValue, ValueError } from '@agop/core';
import { checkLabel, type Label } from './labels.ts';

/**
 * Weights of samples, checked. A weight counts like so many equal samples; only ratios matter.
 *
 * @param rows number of samples that need a weight
 * @param noun what the samples are called in messages: `rows`
 * @param prefix before X and weights in messages, e.g. 'validation '
 * @returns weights with mean 1, [rows]
 * @throws {ShapeError} if there is not one weight for each sample
 * @throws {ValueError} for a weight that is negative or not finite, and where their sum is 0
 * @throws {DTypeError} for anything that is no list
 */
export function readWeights(
  weights: ArrayLike<number>,
  rows: number,
  noun: string,
  prefix = '',
): Float64Array<ArrayBuffer> {
  const given: unknown = weights;
  if (typeof given !== 'object' || given === null || !('length' in given)) {
    throw new DTypeError(`${prefix}weights must be a list with one number for each of the ${noun}.`);
  }
  if (weights.length !== rows) {
    throw new ShapeError(`${prefix}X has ${rows} ${noun}, but there are ${weights.length} ${prefix}weights.`);
  }
  const read = Float64Array.from({ length: rows }, (_, row) => {
    const weight: unknown = weights[row];
    return typeof weight === 'number' ? weight : Number.NaN;
  });
  const wrong = read.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (wrong >= 0) {
    throw new ValueError(
      `${prefix}weights has ${shownValue(weights[wrong])} in row ${wrong}: weights are finite numbers from 0.`,
      { row: wrong },
    );
  }
  const largest = read.reduce((a, b) => Math.max(a, b), 0);
  if (largest === 0) throw new ValueError(`${prefix}weights are all 0: no row would count.`);
  // Ratios first, so that neither the sum nor the quotient leaves the range of float64.
  const ratios = read.map((weight) => weight / largest);
  const mean = ratios.reduce((a, b) => a + b, 0) / rows;
  return ratios.map((ratio) => ratio / mean);
}

/**
 * Weights of samples from weights of their classes, for the option `weights` of `fit`.
 *
 * @param labels one for each sample, [n]
 * @param given a weight from 0 for each class; or `balanced`: all classes count alike together, whatever
 *   their numbers of samples (n / (classes · samples of the class), as in scikit-learn)
 * @returns [n]
 * @throws {OptionError} for a class without a weight, or with one that is negative or not finite
 * @throws {ValueError} for a missing label, and a value that is no label
 *
 * @example
 * await model.fit(x, labels, { weights: classWeights(labels, 'balanced') });
 */
export function classWeights<L extends Label>(
  labels: ArrayLike<L>,
  given: 'balanced' | ReadonlyMap<L, number>,
): Float64Array<ArrayBuffer> {
  const counts = new Map<L, number>();
  for (let row = 0; row < labels.length; row++) {
    const label = checkLabel(labels[row], row, 'labels');
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const weightOf = (label: L): number => {
    if (given === 'balanced') return labels.length / (counts.size * (counts.get(label) as number));
    const weight = given.get(label);
    if (weight !== undefined && weight >= 0 && Number.isFinite(weight)) return weight;
    throw new OptionError('weights', {
      requirement: `have a finite number from 0 for each class, also for ${JSON.stringify(label)}`,
      received: weight,
    });
  };
  const byClass = new Map([...counts.keys()].map((label) => [label, weightOf(label)]));
  return Float64Array.from(labels, (label) => byClass.get(label) as number);
}
