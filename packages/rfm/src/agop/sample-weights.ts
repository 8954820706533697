import { type Backend, type FloatDType, ShapeError, type Tensor } from '@agop/core';
import { checkNumbers } from '@agop/core/options';
import type { RowBlock } from '../kernel-matrix/row-blocks.ts';

/**
 * @throws {ShapeError} unless there is one weight for each sample
 * @throws {OptionError} for weights that are no numbers
 */
export function checkWeights(weights: ArrayLike<number>, samples: number): ArrayLike<number> {
  if (checkNumbers('weights', weights).length === samples) return weights;
  throw new ShapeError(`There are ${weights.length} weights, but ${samples} samples.`);
}

/** Their sum, for which the number of samples stands where all count 1. */
export function totalWeight(weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i] as number;
  return sum;
}

/** The weights of a block of samples, each `times` times below each other: [b times, 1]. */
export function weightColumn(
  backend: Backend,
  weights: ArrayLike<number>,
  { begin, end }: RowBlock,
  times: number,
  dtype: FloatDType,
  of: (weight: number) => number = (weight) => weight,
): Tensor {
  const data = Float64Array.from({ length: (end - begin) * times }, (_, i) =>
    of(weights[begin + Math.floor(i / times)] as number),
  );
  return backend.tensor(data, [data.length, 1], dtype);
}
