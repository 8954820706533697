import { type Backend, type FloatDType, OptionError, type Tensor } from '@agop/core';
import type { KernelOperator } from '../kernel-matrix/kernel-operator.ts';

/** What a solver is given. */
export interface KernelSystem {
  /** The kernel matrix K [n, n], symmetric. The caller frees it. */
  readonly matrix: Tensor;
  /** The targets Y [n, c], not to be changed. */
  readonly targets: Tensor;
  /** λ of (K + λ I) α = Y, from 0. */
  readonly ridge: number;
  /**
   * Whether the solver may destroy the content of K. Default true; false where K is needed again, for another
   * ridge.
   */
  readonly overwrite?: boolean;
  /**
   * How much each row counts, positive: [n]. Only solvers with `takesWeights` are given any.
   */
  readonly weights?: ArrayLike<number> | undefined;
}

/** What a solver is given that does without the kernel matrix. */
export interface ImplicitKernelSystem extends Omit<KernelSystem, 'matrix' | 'overwrite' | 'weights'> {
  /** Products with K, tile by tile. */
  readonly operator: KernelOperator;
  readonly signal?: AbortSignal | undefined;
}

/** Solves the linear system of kernel ridge regression. */
export interface Solver {
  readonly name: string;
  /** Whether it heeds the weights of rows by itself. Without, its system is scaled by their roots. */
  readonly takesWeights?: boolean;
  /**
   * α [n, c] with (K + λ I) α = Y, a new tensor.
   *
   * @throws {NotPositiveDefiniteError} if K + λ I is not numerically positive definite
   */
  solve(backend: Backend, system: KernelSystem): Promise<Tensor>;
  /**
   * Whether it wants to solve a system of this order without the kernel matrix. Default: no solver does.
   */
  isImplicit?(backend: Backend, order: number, dtype: FloatDType): boolean;
  /**
   * α as {@link Solver.solve} has it, from products with K alone, which is never formed; weights are heeded
   * by the caller. For solvers with `isImplicit`.
   *
   * @throws {ConvergenceError} if it does not come near enough to the solution
   */
  solveImplicit?(backend: Backend, system: ImplicitKernelSystem): Promise<Tensor>;
}

/**
 * Direct solution by Cholesky factorisation in the memory of K: n³/3 operations, backward stable, in the
 * dtype of K.
 *
 * It fails where K + λ I is not numerically positive definite (duplicate rows without ridge; condition
 * numbers from about 1e8 in float32 and 1e16 in float64) with a `NotPositiveDefiniteError` that names
 * the pivot. No jitter is added behind the caller's back.
 */
export const choleskySolver: Solver = /* @__PURE__ */ Object.freeze<Solver>({
  name: 'cholesky',
  solve: (backend, { matrix, targets, ridge, overwrite = true }) =>
    backend.solvePositiveDefinite(matrix, targets, { ridge, overwrite }),
});

/**
 * A solver that was given as an option; undefined where none is.
 *
 * @throws {OptionError} for anything else
 */
export function checkSolver(solver: Solver | undefined): Solver | undefined {
  const given: unknown = solver;
  if (given === undefined) return undefined;
  if (typeof given === 'object' && given !== null && 'solve' in given && typeof given.solve === 'function') {
    return solver;
  }
  throw new OptionError('solver', { requirement: 'be a solver, e.g. choleskySolver', received: given });
}
