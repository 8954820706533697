import { ConvergenceError } from '../errors/index.ts';
import { diagonalize, type Tridiagonal, tridiagonalize } from './tridiagonal.ts';

/** A = Σ_k values[k] v_k v_kᵀ with the eigenvectors v_k as columns. */
export interface HostEigendecomposition {
  /** [n], ascending. */
  readonly values: Float64Array;
  /** Row-major [n, n]; column k belongs to values[k]. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix: Householder reflections to tridiagonal form, then
 * implicit QR steps. All in float64; about 9 n³ operations.
 *
 * @param a row-major [n, n], of which the lower triangle is read; not changed
 * @throws {ConvergenceError} for NaN or infinite entries, and where the QR steps do not converge
 */
export function eigh(a: ArrayLike<number>, n: number): HostEigendecomposition {
  const scale = largestEntry(a, n);
  if (!Number.isFinite(scale)) {
    throw new ConvergenceError(`eigh: the matrix (${n} x ${n}) holds NaN or infinite values.`);
  }
  // With entries of size 1 no square can overflow, or underflow and matter.
  const symmetric = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = scale === 0 ? 0 : (a[i * n + j] as number) / scale;
      symmetric[i * n + j] = value;
      symmetric[j * n + i] = value;
    }
  }
  const tridiagonal: Tridiagonal = tridiagonalize(symmetric, n);
  diagonalize(tridiagonal);

  const { diagonal, rows } = tridiagonal;
  const order = Array.from(diagonal.keys()).sort((i, j) => (diagonal[i] as number) - (diagonal[j] as number));
  const vectors = new Float64Array(n * n);
  for (const [rank, k] of order.entries()) {
    for (let i = 0; i < n; i++) vectors[i * n + rank] = rows[k * n + i] as number;
  }
  return { values: Float64Array.from(order, (k) => (diagonal[k] as number) * scale), vectors };
}

/** Largest |a_ij| of the lower triangle, NaN if any is NaN. */
function largestEntry(a: ArrayLike<number>, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) largest = Math.max(largest, Math.abs(a[i * n + j] as number));
  }
  return largest;
}
