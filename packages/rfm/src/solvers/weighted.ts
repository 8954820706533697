import { type Backend, floatDType, input, multiply, Scope, type Tensor } from '@agop/core';
import { solveFinite } from './solve.ts';
import type { KernelSystem, Solver } from './solver.ts';

const scaled = input('k').mul(input('r')).mul(input('c'));

/**
 * Weighted kernel ridge regression, the minimum of Σ_i w_i ‖y_i - f(x_i)‖² + λ ‖f‖²: (K + λ W⁻¹) α = Y. With
 * S = W^½ that is (S K S + λ I) β = S Y, α = S β, which is symmetric and as well conditioned as the system
 * without weights, and which any solver can solve. A row of weight 2 is two rows of weight 1.
 *
 * @param system with weights; K may be destroyed
 * @returns α [n, c], a new tensor
 * @throws {NotPositiveDefiniteError} if S K S + λ I is not numerically positive definite
 */
export async function solveWeighted(
  backend: Backend,
  solver: Solver,
  system: KernelSystem & { readonly weights: ArrayLike<number> },
): Promise<Tensor> {
  if (solver.takesWeights) return solveFinite(backend, solver, system);
  using scope = new Scope(backend);
  const { ops } = scope;
  const { matrix, targets, ridge, weights } = system;
  const n = weights.length;
  const roots = ops.tensor(Float64Array.from(weights, Math.sqrt), [n, 1], floatDType(targets));
  ops.map(scaled, { k: matrix, r: roots, c: ops.reshape(roots, [1, n]) }, { out: matrix });
  const solution = await solveFinite(ops, solver, { matrix, targets: multiply(ops, targets, roots), ridge });
  return scope.keep(multiply(ops, solution, roots));
}
