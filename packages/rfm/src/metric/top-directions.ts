import { type Backend, Scope, type Tensor } from '@agop/core';
import { checkWhole } from '@agop/core/options';
import type { MetricForm } from './metric.ts';

/** Eigenvalues and leading eigenvectors of a metric M. */
export interface MetricDirections {
  /** All d of them, the largest first. */
  readonly values: Float64Array;
  /** The first few, each of length 1 over the d features; their signs are free. */
  readonly vectors: readonly Float64Array[];
}

/**
 * The directions of feature space that a metric looks at most: the eigenvectors of M with the largest
 * eigenvalues.
 *
 * @param matrix symmetric [d, d]: M itself, or with the form 'transform' A of M = A²
 * @param count eigenvectors wanted, from 1; at most d are made
 * @throws {OptionError} if `count` is not a whole number from 1
 * @throws {ConvergenceError} for NaN
 */
export async function topDirections(
  backend: Backend,
  matrix: Tensor,
  count: number,
  form: MetricForm = 'mahalanobis',
): Promise<MetricDirections> {
  checkWhole('count', count, 1);
  using scope = new Scope(backend);
  const { values, vectors } = await scope.ops.eigh(matrix);
  const [lambda, columns] = [await values.read(), await vectors.read()];
  const d = lambda.length;
  const eigenvalues = Float64Array.from(lambda, (value) => (form === 'transform' ? value * value : value));
  const weight = (index: number): number => eigenvalues[index] as number;
  // Those of A² need not be in the order of those of A, where A has negative ones.
  const indices = Array.from(eigenvalues.keys());
  // Among equal ones those of M come from the end, as all do; the identity as a transform begins with the
  // first axis.
  const order = (form === 'transform' ? indices : indices.reverse()).sort((i, j) => weight(j) - weight(i));
  return {
    values: Float64Array.from(order, weight),
    vectors: order
      .slice(0, count)
      .map((index) => Float64Array.from({ length: d }, (_, k) => columns[k * d + index] as number)),
  };
}
