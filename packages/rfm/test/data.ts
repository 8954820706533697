import { type Backend, type FloatDType, randomArray, type Tensor } from '@agop/core';

/** Normal random numbers, row-major. */
export function normal(rows: number, columns: number, seed: number): Float64Array {
  return randomArray(rows * columns, 'normal', { seed }, 'float64');
}

/** A normal random matrix on a backend. */
export function normalTensor(
  backend: Backend,
  rows: number,
  columns: number,
  seed: number,
  dtype: FloatDType = 'float64',
): Tensor {
  return backend.tensor(normal(rows, columns, seed), [rows, columns], dtype);
}

/** y = x0 x1 + noise-free: a target of two features out of many. */
export function productTarget(x: Float64Array, columns: number): Float64Array {
  return Float64Array.from(
    { length: x.length / columns },
    (_, i) => (x[i * columns] as number) * (x[i * columns + 1] as number),
  );
}

/** Rows of a row-major array. */
export function nested(data: ArrayLike<number>, columns: number): number[][] {
  return Array.from({ length: data.length / columns }, (_, i) =>
    Array.from({ length: columns }, (_, j) => data[i * columns + j] as number),
  );
}

/** Largest absolute difference. */
export function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** Largest absolute entry. */
export function largest(a: ArrayLike<number>): number {
  return worst(a, new Float64Array(a.length));
}
