import type { Backend, Tensor } from '@agop/core';

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
}

/** Solves the linear system of kernel ridge regression. */
export interface Solver {
  readonly name: string;
  /**
   * α [n, c] with (K + λ I) α = Y, a new tensor.
   *
   * @throws {NotPositiveDefiniteError} if K + λ I is not numerically positive definite
   */
  solve(backend: Backend, system: KernelSystem): Promise<Tensor>;
}
