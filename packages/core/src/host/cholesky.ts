import { NotPositiveDefiniteError } from '../errors/index.ts';
import { at, type Dense, put } from './dense.ts';

/**
 * A + ridge I = L Lᵀ row by row, in place: l_ij = (a_ij − Σ_{k<j} l_ik l_jk) / l_jj, l_ii = √(a_ii + ridge −
 * Σ_{k<i} l_ik²).
 * Source: Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.
 *
 * @param a symmetric [n, n]; only the lower triangle is read, and the upper one becomes 0
 * @throws {NotPositiveDefiniteError} at the first pivot that is not positive and finite
 */
export function cholesky(a: Dense, ridge: number): void {
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < i; j++) {
      put(a, i, j, (at(a, i, j) - partialProduct(a, i, a, j, j)) / at(a, j, j));
    }
    const pivot = at(a, i, i) + ridge - partialProduct(a, i, a, i, i);
    if (!(pivot > 0) || !Number.isFinite(pivot)) throw new NotPositiveDefiniteError(i, pivot, a.rows);
    put(a, i, i, Math.sqrt(pivot));
    for (let j = i + 1; j < a.columns; j++) put(a, i, j, 0);
  }
}

/**
 * Forward substitution for L X = B, backward for Lᵀ X = B, in place.
 *
 * @param l lower triangular [n, n]; what is above its diagonal is not read
 * @param b [n, columns]; becomes X
 */
export function solveTriangular(l: Dense, b: Dense, transpose: boolean): void {
  const n = l.rows;
  for (let column = 0; column < b.columns; column++) {
    for (let step = 0; step < n; step++) {
      const i = transpose ? n - 1 - step : step;
      let rest = at(b, i, column);
      for (let done = 0; done < step; done++) {
        const k = transpose ? n - 1 - done : done;
        rest -= (transpose ? at(l, k, i) : at(l, i, k)) * at(b, k, column);
      }
      put(b, i, column, rest / at(l, i, i));
    }
  }
}

/** Σ_{k<length} a_ik b_jk */
function partialProduct(a: Dense, i: number, b: Dense, j: number, length: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += at(a, i, k) * at(b, j, k);
  return sum;
}
