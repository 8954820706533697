import { ConvergenceError, NotPositiveDefiniteError } from '@agop/core';
import { OUTCOME } from './layout.ts';
import { floatKernels, type M } from './memory.ts';
import { cast } from './rearrangement.ts';
import type { Runtime } from './runtime.ts';

export async function cholesky(runtime: Runtime, a: M, ridge: number): Promise<void> {
  const failed = floatKernels(runtime, a).cholesky(a.rows, a.buffer, ridge);
  if (!failed) return;
  const outcome = new DataView(runtime.heap.memory.buffer, OUTCOME, 16);
  throw new NotPositiveDefiniteError(outcome.getInt32(4, true), outcome.getFloat64(8, true), a.rows);
}

export function solveTriangular(runtime: Runtime, l: M, b: M, transpose: boolean): void {
  const { solveLower, solveLowerTransposed } = floatKernels(runtime, l);
  const solve = transpose ? solveLowerTransposed : solveLower;
  solve(l.rows, b.columns, l.buffer, l.columns, 1, b.buffer, b.columns, 1);
}

/** Computed in float64 whatever the dtype: the casts cost little, and small eigenvalues keep their digits. */
export async function eigh(runtime: Runtime, a: M, values: M, vectors: M): Promise<void> {
  const { kernels, heap } = runtime;
  const n = a.rows;
  const wide = (matrix: M, own: number): M => ({ ...matrix, dtype: 'float64', buffer: own });
  const inPlace = a.dtype === 'float64';
  const taken: number[] = [];
  const take = (words: number): number => {
    const buffer = heap.allocate(words * 8);
    taken.push(buffer);
    return buffer;
  };
  try {
    const copy = wide(a, take(n * n));
    const wideValues = inPlace ? values : wide(values, take(n));
    const wideVectors = inPlace ? vectors : wide(vectors, take(n * n));
    const memory = take(kernels.eighWords(n));
    cast(runtime, a, copy);
    if (kernels.eigh(n, copy.buffer, wideValues.buffer, wideVectors.buffer, memory) !== 0) {
      throw new ConvergenceError(
        `The eigenvalues of a [${n}, ${n}] matrix do not converge. Check it for NaN and infinite entries.`,
      );
    }
    if (!inPlace) {
      cast(runtime, wideValues, values);
      cast(runtime, wideVectors, vectors);
    }
  } finally {
    for (const buffer of taken) heap.free(buffer);
  }
}
