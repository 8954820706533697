import { type Backend, input, NotPositiveDefiniteError, Scope, type Tensor } from '@agop/core';

/** A ridge for which the system could not be solved, and why. */
export interface FailedRidge {
  readonly ridge: number;
  readonly error: NotPositiveDefiniteError;
}

/** Coefficients for several ridges. */
export interface RidgeSolutions {
  /** Those that could be solved, in the order given; the caller owns the tensors, [n, outputs]. */
  readonly solved: readonly { readonly ridge: number; readonly coefficients: Tensor }[];
  readonly failed: readonly FailedRidge[];
  /** Largest entry of the kernel matrix: ridges are in units of it. */
  readonly scale: number;
}

const divided = input('k').div(input('scale'));

/**
 * Kernel ridge regression for several ridges: (K / max K + λ I) α' = y, and α = α' / max K, so that f = Σ_j α_j k(·, z_j) with the kernel as it
 * is. The published program divides by the largest entry, so that one ridge suits kernels of any depth and patch size.
 *
 * Solved in float64 where the backend has it, whatever the dtype of the matrix: small ridges need it.
 *
 * @param matrix K [n, n], which is freed
 * @param targets [n, outputs], dtype of the matrix
 * @throws {NotPositiveDefiniteError} if no ridge could be solved
 */
export async function solveForRidges(
  backend: Backend,
  matrix: Tensor,
  targets: Tensor,
  ridges: readonly number[],
): Promise<RidgeSolutions> {
  using scope = new Scope(backend);
  const { ops } = scope;
  scope.own(matrix);
  const precise = backend.dtypes.includes('float64') ? 'float64' : 'float32';
  const scale = Number((await ops.max(matrix, 'all').read())[0]);
  const k = ops.map(divided, { k: matrix, scale: scale > 0 ? scale : 1 }, { out: matrix });
  const wide = k.dtype === precise ? k : ops.cast(k, precise);
  if (wide !== k) scope.free(k);
  const y = ops.map(divided, { k: targets, scale: scale > 0 ? scale : 1 });
  const right = y.dtype === precise ? y : ops.cast(y, precise);
  const solved: { ridge: number; coefficients: Tensor }[] = [];
  const failed: FailedRidge[] = [];
  for (const [index, ridge] of ridges.entries()) {
    try {
      const last = index === ridges.length - 1;
      const alpha = await ops.solvePositiveDefinite(wide, right, { ridge, overwrite: last });
      const own = alpha.dtype === targets.dtype ? alpha : ops.cast(alpha, matrixDType(targets));
      if (own !== alpha) scope.free(alpha);
      solved.push({ ridge, coefficients: own });
    } catch (error) {
      if (!NotPositiveDefiniteError.isInstance(error)) throw error;
      failed.push({ ridge, error });
    }
  }
  if (solved.length === 0) throw (failed.at(-1) as FailedRidge).error;
  for (const { coefficients } of solved) scope.keep(coefficients);
  return { solved, failed, scale };
}

function matrixDType({ dtype }: Tensor): 'float32' | 'float64' {
  return dtype === 'float64' ? 'float64' : 'float32';
}
