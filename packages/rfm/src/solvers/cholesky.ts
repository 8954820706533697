import type { Solver } from './solver.ts';

/**
 * Direct solution by Cholesky factorisation in the memory of K: n³/3 operations, backward stable, in the
 * dtype of K.
 *
 * It fails where K + λ I is not numerically positive definite (duplicate rows without ridge; condition
 * numbers from about 1e8 in float32 and 1e16 in float64) with a {@link NotPositiveDefiniteError} that names
 * the pivot. No jitter is added behind the caller's back.
 */
export const choleskySolver: Solver = {
  name: 'cholesky',
  solve: (backend, { matrix, targets, ridge, overwrite = true }) =>
    backend.solvePositiveDefinite(matrix, targets, { ridge, overwrite }),
};
