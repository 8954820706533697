// Eigendecomposition of a symmetric matrix in f64: Householder tridiagonalisation, eigenvectors of the
// tridiagonal matrix, blocked back-transformation.

import { transpose } from '../transpose';
import { backTransform, backTransformWords } from './back-transform';
import { divideAndConquer, divideAndConquerWords } from './divide-conquer';
import { tridiagonalise, tridiagonalWords } from './tridiagonal';

/** f64 words of memory that `eigh` needs besides its operands. */
export function eighWords(n: i32): i32 {
  return 4 * (n + 8) + n * n + max(max(tridiagonalWords(n), backTransformWords(n)), divideAndConquerWords(n));
}

/**
 * A [n, n] (lower triangle read, destroyed); values [n] ascending; vectors [n, n] as columns. Returns 0, or 1
 * if it does not converge.
 */
export function eigh(n: i32, a: usize, values: usize, vectors: usize, memoryAt: usize): i32 {
  const line = <usize>(n + 8) * 8;
  const d = memoryAt;
  const e = d + line;
  const taus = e + line;
  const q = taus + line;
  const rest = q + <usize>n * <usize>n * 8;
  const scale = scaleOf(n, a);
  if (scale != 1) multiplyLower(n, a, scale);
  tridiagonalise(n, a, d, e, taus, rest);
  dropTail(n, d, e);
  if (!divideAndConquer(n, d, e, q, vectors, rest)) return 1;
  backTransform(n, a, taus, q, rest);
  transpose<f64>(q, n, n, vectors);
  for (let i: usize = 0; <i32>i < n; i++) store<f64>(values + i * 8, load<f64>(d + i * 8) / scale);
  return 0;
}

/**
 * Sets couplings to 0 that move no eigenvalue by more than 5e-32 of the largest entry. Where A lacks rank,
 * the reduction leaves a tail of rounding errors of rounding errors, down to where squares underflow and
 * iterations get nowhere.
 */
function dropTail(n: i32, d: usize, e: usize): void {
  let largest: f64 = 0;
  for (let i: usize = 0; <i32>i < n; i++) {
    largest = max<f64>(largest, abs<f64>(load<f64>(d + i * 8)));
    if (<i32>i < n - 1) largest = max<f64>(largest, abs<f64>(load<f64>(e + i * 8)));
  }
  const floor = f64.EPSILON * f64.EPSILON * largest;
  for (let i: usize = 0; <i32>i < n - 1; i++) {
    if (abs<f64>(load<f64>(e + i * 8)) <= floor) store<f64>(e + i * 8, 0);
  }
}

/** A power of two that brings the largest entry near 1 where squares could overflow or underflow, else 1. */
function scaleOf(n: i32, a: usize): f64 {
  let largest: f64 = 0;
  for (let i = 0; i < n; i++) {
    const row = a + <usize>i * <usize>n * 8;
    for (let j = 0; j <= i; j++) largest = max<f64>(largest, abs<f64>(load<f64>(row + <usize>j * 8)));
  }
  if (!(largest > 0) || !isFinite<f64>(largest) || (largest > 1e-100 && largest < 1e100)) return 1;
  return reinterpret<f64>((2046 - ((reinterpret<i64>(largest) >> 52) & 2047)) << 52);
}

function multiplyLower(n: i32, a: usize, factor: f64): void {
  for (let i = 0; i < n; i++) {
    const row = a + <usize>i * <usize>n * 8;
    for (let j: usize = 0; <i32>j <= i; j++) store<f64>(row + j * 8, load<f64>(row + j * 8) * factor);
  }
}
