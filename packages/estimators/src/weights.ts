import { DTypeError, ShapeError, ValueError } from '@agop/core';

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
  const read = Float64Array.from(weights);
  const wrong = read.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (wrong >= 0) {
    throw new ValueError(
      `${prefix}weights has ${weights[wrong]} in row ${wrong}: weights are finite numbers from 0.`,
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
