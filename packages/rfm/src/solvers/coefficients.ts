import { type Backend, multiply, OptionError, Scope, type Tensor } from '@agop/core';
import { checkWeights } from '../agop/sample-weights.ts';
import { kernelOfPoints } from '../kernel-matrix/kernel-matrix.ts';
import { kernelOperator } from '../kernel-matrix/kernel-operator.ts';
import type { Points } from '../kernel-matrix/points.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { scaledOperator } from './operators.ts';
import { finiteSolution, solveFinite } from './solve.ts';
import type { Solver } from './solver.ts';
import { solveWeighted } from './weighted.ts';

/** A kernel system of prepared points. */
interface PointSystem {
  readonly backend: Backend;
  readonly kernel: Kernel;
  readonly points: Points;
  /** Y [n, c] */
  readonly targets: Tensor;
  readonly ridge: number;
  readonly weights: ArrayLike<number> | undefined;
  readonly signal: AbortSignal | undefined;
}

/** α by a solver that is given the kernel matrix. */
export async function coefficientsByMatrix(solver: Solver, system: PointSystem): Promise<Tensor> {
  const { backend, kernel, points, targets, ridge, weights } = system;
  using matrix = kernelOfPoints(backend, kernel, points, points);
  if (!weights) return await solveFinite(backend, solver, { matrix, targets, ridge });
  const checked = checkWeights(weights, points.count);
  return await solveWeighted(backend, solver, { matrix, targets, ridge, weights: checked });
}

/** α by a solver that asks for products with the kernel matrix; weights as `solveWeighted` has them. */
export async function coefficientsWithoutMatrix(solver: Solver, system: PointSystem): Promise<Tensor> {
  const { backend, kernel, points, targets, ridge, weights, signal } = system;
  if (!solver.solveImplicit) {
    throw new OptionError('solver', `The solver '${solver.name}' has isImplicit, but no solveImplicit.`);
  }
  const operator = kernelOperator(backend, kernel, points);
  try {
    if (!weights) {
      const solution = await solver.solveImplicit(backend, { operator, targets, ridge, signal });
      return await finiteSolution(backend, solution);
    }
    using scope = new Scope(backend);
    const { ops } = scope;
    const roots = Float64Array.from(checkWeights(weights, points.count), Math.sqrt);
    const column = ops.tensor(roots, [roots.length, 1], operator.dtype);
    const scaled = { operator: scaledOperator(operator, roots), targets: multiply(ops, targets, column) };
    const solution = await solver.solveImplicit(ops, { ...scaled, ridge, signal });
    await finiteSolution(ops, solution);
    return scope.keep(multiply(ops, solution, column));
  } finally {
    operator.dispose();
  }
}
