import { type Backend, NotPositiveDefiniteError, type Tensor } from '@agop/core';
import { solveFinite } from './solve.ts';
import type { KernelSystem, Solver } from './solver.ts';

/** A ridge for which the system could not be solved, and why. */
export interface FailedRidge {
  readonly ridge: number;
  readonly error: NotPositiveDefiniteError;
}

/** Coefficients for several ridges. */
export interface RidgeSolutions {
  /** Those that could be solved, in the order given; the caller owns the tensors, [n, c]. */
  readonly solved: readonly { readonly ridge: number; readonly coefficients: Tensor }[];
  readonly failed: readonly FailedRidge[];
}

/**
 * Kernel ridge regression for several ridges on one kernel matrix: (K + λ I) α = Y for each λ. A ridge for
 * which the matrix is not positive definite is left out as long as another one can be solved.
 *
 * @param system K, whose content may be destroyed with the last ridge, and Y
 * @param ridges one or more
 * @throws {NotPositiveDefiniteError} if no ridge could be solved: that of the last one
 */
export async function solveForRidges(
  backend: Backend,
  solver: Solver,
  system: Pick<KernelSystem, 'matrix' | 'targets'>,
  ridges: readonly number[],
): Promise<RidgeSolutions> {
  const solved: { ridge: number; coefficients: Tensor }[] = [];
  const failed: FailedRidge[] = [];
  try {
    for (const [index, ridge] of ridges.entries()) {
      try {
        const overwrite = index === ridges.length - 1;
        solved.push({
          ridge,
          coefficients: await solveFinite(backend, solver, { ...system, ridge, overwrite }),
        });
      } catch (error) {
        if (!NotPositiveDefiniteError.isInstance(error)) throw error;
        failed.push({ ridge, error });
      }
    }
  } catch (error) {
    for (const { coefficients } of solved) coefficients.dispose();
    throw error;
  }
  const last = failed.at(-1);
  if (solved.length === 0 && last) throw last.error;
  return { solved, failed };
}
