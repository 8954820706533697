import { type Backend, type RandomKey, randomPermutation, type Tensor } from '@agop/core';

/**
 * A random subset of the row numbers 0 to n - 1, ascending; undefined where there are no more than asked for.
 */
export function subsetIndices(n: number, count: number, key: RandomKey): Int32Array | undefined {
  return n <= count ? undefined : randomPermutation(n, key).slice(0, count).sort();
}

/**
 * A random subset of rows, in their order, to average an AGOP over.
 *
 * @param x [n, …]
 * @param count number of rows to take
 * @returns [count, …], the caller's; undefined where x has no more rows than that
 */
export function subsetRows(backend: Backend, x: Tensor, count: number, key: RandomKey): Tensor | undefined {
  const [n = 0, ...shape] = x.shape;
  const chosen = subsetIndices(n, count, key);
  if (!chosen) return undefined;
  using indices = backend.tensor(chosen, [count], 'int32');
  if (shape.length === 1) return backend.gather(x, indices);
  using flat = backend.reshape(x, [n, x.size / n]);
  using rows = backend.gather(flat, indices);
  return backend.reshape(rows, [count, ...shape], { consume: true });
}
