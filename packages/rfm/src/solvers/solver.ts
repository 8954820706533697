import type { Backend, Tensor } from '@agop/core';

/** What a solver is given. */
export interface KernelSystem {
  /** The kernel matrix K [n, n], symmetric. The solver may destroy its content; the caller frees it. */
  readonly matrix: Tensor;
  /** The targets Y [n, c], not to be changed. */
  readonly targets: Tensor;
  /** λ of (K + λ I) α = Y, from 0. */
  readonly ridge: number;
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
