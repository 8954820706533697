import { ConvergenceError } from '../errors/index.ts';
import { at, type Dense, put } from './dense.ts';
import { diagonalize, type Tridiagonal, tridiagonalize } from './tridiagonal.ts';

/**
 * Eigenvalues (ascending) and eigenvectors (columns) of a symmetric matrix, of which the lower triangle is read:
 * Householder reflections to tridiagonal form, then implicit QR steps. All in float64; about 9 n³ operations.
 *
 * @param a [n, n]; not changed
 * @param values [1, n]; receives the eigenvalues
 * @param vectors [n, n]; receives the eigenvectors
 * @throws {ConvergenceError} for NaN or infinite entries, and where the QR steps do not converge
 */
export function eigh(a: Dense, values: Dense, vectors: Dense): void {
  const n = a.rows;
  const scale = largestEntry(a);
  if (!Number.isFinite(scale)) {
    throw new ConvergenceError(`eigh: the matrix (${n} x ${n}) holds NaN or infinite values.`);
  }
  // With entries of size 1 no square can overflow, or underflow and matter.
  const symmetric = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = scale === 0 ? 0 : at(a, i, j) / scale;
      symmetric[i * n + j] = value;
      symmetric[j * n + i] = value;
    }
  }
  const tridiagonal: Tridiagonal = tridiagonalize(symmetric, n);
  diagonalize(tridiagonal);

  const { diagonal, rows } = tridiagonal;
  const order = Array.from(diagonal.keys()).sort((i, j) => (diagonal[i] as number) - (diagonal[j] as number));
  for (const [rank, k] of order.entries()) {
    put(values, 0, rank, (diagonal[k] as number) * scale);
    for (let i = 0; i < n; i++) put(vectors, i, rank, rows[k * n + i] as number);
  }
}

/** Largest |a_ij| of the lower triangle, NaN if any is NaN. */
function largestEntry(a: Dense): number {
  let largest = 0;
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j <= i; j++) largest = Math.max(largest, Math.abs(at(a, i, j)));
  }
  return largest;
}
