import {
  type Backend,
  floatDType,
  input,
  NotPositiveDefiniteError,
  Scope,
  selectLessEqual,
  type Tensor,
} from '@agop/core';
import type { KernelSystem, Solver } from './solver.ts';

/**
 * Solves a system, and looks at what comes out: a matrix may be positive definite and yet so near to singular
 * that its solution leaves the range of the dtype (a ridge of 1e-39 where the kernel is 0).
 *
 * @throws {NotPositiveDefiniteError} if K + λ I is not numerically positive definite, or its solution not
 *   finite
 */
export async function solveFinite(backend: Backend, solver: Solver, system: KernelSystem): Promise<Tensor> {
  return await finiteSolution(backend, await solver.solve(backend, system));
}

/** A solution, freed where it is not finite. @throws {NotPositiveDefiniteError} where it is not */
export async function finiteSolution(backend: Backend, solution: Tensor): Promise<Tensor> {
  try {
    await checkFinite(backend, solution);
  } catch (error) {
    solution.dispose();
    throw error;
  }
  return solution;
}

/** 0, but 1 for what is not finite. */
const isBeyond = selectLessEqual(input('x').abs(), input('most'), 0, 1);
const most = { float32: (2 - 2 ** -23) * 2 ** 127, float64: Number.MAX_VALUE } as const;

/** So many elements are read sooner than they are counted. */
const fewElements = 4096;

async function checkFinite(backend: Backend, solution: Tensor): Promise<void> {
  const [n, outputs] = solution.shape as [number, number];
  if (n * outputs > fewElements && (await areFinite(backend, solution))) return;
  const values = await solution.read();
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new NotPositiveDefiniteError(Math.floor(at / outputs), values[at] as number, n, 'solution');
}

async function areFinite(backend: Backend, solution: Tensor): Promise<boolean> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const marks = ops.map(isBeyond, { x: solution, most: most[floatDType(solution)] });
  const [count] = await ops.sum(marks, 'all').read();
  return count === 0;
}
