import { ConvergenceError, NotPositiveDefiniteError } from '@agop/core';
import * as own from '../wasm/decompositions.ts';
import { bytes, elements, type M } from '../wasm/memory.ts';
import { cast, transpose as transposeOwn } from '../wasm/rearrangement.ts';
import { norm } from '../wasm/reductions.ts';
import type { Runtime } from '../wasm/runtime.ts';
import { functionsFor, type NativeContext, strided, useThreads } from './context.ts';

/** Largest block that the engine factors by itself. */
const LEAF = 96;

/**
 * By halves: the library solves for the panels and updates what is left, which is nearly all of the work, the
 * engine factors the small diagonal blocks. So a pivot that fails is found and named as without a library,
 * and a BLAS without LAPACK is enough.
 */
export async function cholesky(context: NativeContext, a: M, ridge: number): Promise<void> {
  const { runtime, from } = context;
  if (a.rows < from.cholesky) return own.cholesky(runtime, a, ridge);
  if (ridge !== 0) addToDiagonal(runtime, a, ridge);
  const block = runtime.heap.allocate(LEAF * LEAF * bytes(a));
  try {
    await factor(context, a, 0, a.rows, block);
  } finally {
    runtime.heap.free(block);
  }
  clearAbove(runtime, a);
}

export function solveTriangular(context: NativeContext, l: M, b: M, transpose: boolean): void {
  const { runtime, from } = context;
  if (l.rows < from.triangular.order || b.columns < from.triangular.columns) {
    own.solveTriangular(runtime, l, b, transpose);
    return;
  }
  const { trsmLower } = functionsFor(context, l, (l.rows * l.rows * b.columns) / 2);
  trsmLower('left', transpose, b.rows, b.columns, strided(runtime, l), strided(runtime, b));
}

/** In float64, as without a library. */
export async function eigh(context: NativeContext, a: M, values: M, vectors: M): Promise<void> {
  const { runtime, blas, from } = context;
  const n = a.rows;
  // A library may go on forever, or return anything, for entries that are not finite.
  if (!blas.eigh || n < from.eigh || !(await hasFiniteEntries(runtime, a))) {
    return own.eigh(runtime, a, values, vectors);
  }
  const { heap } = runtime;
  const taken: number[] = [];
  const take = (rows: number, columns: number): M => {
    const buffer = heap.allocate(rows * columns * 8);
    taken.push(buffer);
    return { rows, columns, dtype: 'float64', buffer };
  };
  try {
    const [copy, sorted] = [take(n, n), take(1, n)];
    const [floats, integers] = [take(1, 1 + 6 * n + 2 * n * n), take(1, 3 + 5 * n)];
    cast(runtime, a, copy);
    useThreads(context, n ** 3);
    const work = {
      floats: strided(runtime, floats).view,
      integers: elements(runtime, integers.buffer, 2 * integers.columns, 'int32'),
    };
    if (!blas.eigh(n, strided(runtime, copy).view, strided(runtime, sorted).view, work)) {
      throw new ConvergenceError(`The eigenvalues of a [${n}, ${n}] matrix do not converge.`);
    }
    cast(runtime, sorted, values);
    const columns = { ...floats, rows: n, columns: n };
    transposeOwn(runtime, copy, columns);
    cast(runtime, columns, vectors);
  } finally {
    for (const buffer of taken) heap.free(buffer);
  }
}

/** Rows and columns `begin` to `begin + n` of the matrix. */
async function factor(context: NativeContext, a: M, begin: number, n: number, block: number): Promise<void> {
  const { runtime } = context;
  if (n <= LEAF) return factorLeaf(runtime, a, begin, n, block);
  // Halves that are multiples of the leaves, so that there are few of these.
  const top = Math.ceil(n / 2 / LEAF) * LEAF;
  const [middle, rest] = [begin + top, n - top];
  await factor(context, a, begin, top, block);
  const { trsmLower, syrkLower } = functionsFor(context, a, (rest * top * n) / 2);
  const panel = strided(runtime, a, middle, begin);
  trsmLower('right', true, rest, top, strided(runtime, a, begin, begin), panel);
  syrkLower(false, rest, top, -1, panel, 1, strided(runtime, a, middle, middle));
  await factor(context, a, middle, rest, block);
}

async function factorLeaf(runtime: Runtime, a: M, begin: number, n: number, block: number): Promise<void> {
  const { kernels } = runtime;
  const size = bytes(a);
  const at = a.buffer + (begin * a.columns + begin) * size;
  kernels.copyRows(at, a.columns * size, block, n * size, n * size, n);
  try {
    await own.cholesky(runtime, { rows: n, columns: n, dtype: a.dtype, buffer: block }, 0);
  } catch (error) {
    if (!NotPositiveDefiniteError.isInstance(error)) throw error;
    throw new NotPositiveDefiniteError(begin + error.pivot, error.value, a.rows);
  }
  kernels.copyRows(block, n * size, at, a.columns * size, n * size, n);
}

function addToDiagonal(runtime: Runtime, a: M, ridge: number): void {
  const data = elements(runtime, a.buffer, a.rows * a.columns, a.dtype);
  // In float32 the sum is rounded once, as the sum of two numbers of float32 is.
  const term = a.dtype === 'float32' ? Math.fround(ridge) : ridge;
  for (let at = 0; at < data.length; at += a.columns + 1) data[at] = (data[at] as number) + term;
}

/** Zeros above the diagonal, by rows of a zeroed line. */
function clearAbove(runtime: Runtime, a: M): void {
  const data = elements(runtime, a.buffer, a.rows * a.columns, a.dtype);
  for (let row = 0; row < a.rows; row++) data.fill(0, row * a.columns + row + 1, (row + 1) * a.columns);
}

/** Whether all entries are finite; false also where their squares overflow, which takes the engine's way. */
async function hasFiniteEntries(runtime: Runtime, a: M): Promise<boolean> {
  const buffer = runtime.heap.allocate(8);
  try {
    norm(runtime, a, 'all', { rows: 1, columns: 1, dtype: a.dtype, buffer });
    return Number.isFinite(elements(runtime, buffer, 1, a.dtype)[0]);
  } finally {
    runtime.heap.free(buffer);
  }
}
