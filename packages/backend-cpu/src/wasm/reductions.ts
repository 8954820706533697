import type { Axis } from '@agop/core';
import { floatKernels, length, type M } from './memory.ts';
import { fill } from './rearrangement.ts';
import type { Runtime } from './runtime.ts';

const Operation = { sum: 0, squares: 1, max: 2 } as const;
const Post = { factor: 0, root: 1 } as const;

export function reduce(runtime: Runtime, kind: 'sum' | 'max', a: M, axis: Axis, out: M): void {
  run(runtime, Operation[kind], a, axis, 1, Post.factor, out);
}

export function mean(runtime: Runtime, a: M, axis: Axis, out: M): void {
  const count = axis === 'all' ? length(a) : axis === 0 ? a.rows : a.columns;
  if (count === 0) fill(runtime, out, Number.NaN);
  else run(runtime, Operation.sum, a, axis, 1 / count, Post.factor, out);
}

export function norm(runtime: Runtime, a: M, axis: Axis, out: M): void {
  run(runtime, Operation.squares, a, axis, 1, Post.root, out);
}

export function argmax(runtime: Runtime, a: M, axis: 0 | 1, out: M): void {
  const { argmaxColumns, argmaxRows } = floatKernels(runtime, a);
  const find = axis === 0 ? argmaxColumns : argmaxRows;
  find(a.buffer, a.rows, a.columns, out.buffer);
}

/** The totals of an operation, times a factor or their roots. */
function run(
  runtime: Runtime,
  operation: number,
  a: M,
  axis: Axis,
  factor: number,
  post: number,
  out: M,
): void {
  const { reduceAll, reduceRows, reduceColumns } = floatKernels(runtime, a);
  if (axis === 'all') reduceAll(operation, a.buffer, length(a), factor, post, out.buffer);
  else {
    const reduceLines = axis === 0 ? reduceColumns : reduceRows;
    reduceLines(operation, a.buffer, a.rows, a.columns, factor, post, out.buffer);
  }
}
