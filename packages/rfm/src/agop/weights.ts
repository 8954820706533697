import { type Backend, constantValue, multiply, Scope, type Tensor } from '@agop/core';
import { innerExpression } from '../kernel-matrix/kernel-matrix.ts';
import { type Points, samePoints } from '../kernel-matrix/points.ts';
import type { InnerProductKernel } from '../kernels/kernel.ts';

/**
 * The two weight matrices of kernel gradients for a block of samples, before the metric multiplies them:
 * ∇f_c(x_i) = P (Σ_j A_ij α_jc z_j + F_ic x_i).
 */
export interface GradientWeights {
  /** A = κ_u, [b, m] */
  readonly a: Tensor;
  /** F = 2 κ_p α, [b, c]; undefined where κ_p = 0. */
  readonly f: Tensor | undefined;
}

/** Computes the weights of a block of samples; the caller owns both tensors. */
export function gradientWeights(
  backend: Backend,
  kernel: InnerProductKernel,
  samples: Points,
  centers: Points,
  coefficients: Tensor,
): GradientWeights {
  using scope = new Scope(backend);
  const { ops } = scope;
  // κ is symmetric, and so is κ_u; κ_p is not.
  const symmetric = samePoints(samples, centers);
  const a = innerExpression(ops, kernel, kernel.derivatives.u, samples, centers, symmetric);
  if (kernel.radial) {
    return { f: scope.keep(ops.matmul(a, coefficients, { alpha: -1 })), a: scope.keep(a) };
  }
  if (constantValue(kernel.derivatives.p) === 0) return { a: scope.keep(a), f: undefined };
  const b = innerExpression(ops, kernel, kernel.derivatives.p, samples, centers, false);
  const half = ops.matmul(b, coefficients);
  return { f: scope.keep(multiply(ops, half, 2, { out: half })), a: scope.keep(a) };
}
