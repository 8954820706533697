import type { Axis } from '@agop/core';
import { type DeviceMatrix, type Runtime, sizeOf, sourceFor } from './runtime.ts';

/** Numbers of the reductions in kernels/reduce.cu. */
const kinds = { sum: 0, mean: 1, max: 2, norm: 3 } as const;
const threads = 256;
/** Most parts that one thread, or one block, joins at the end. */
const mostParts = 256;
/** The parts depend on the sizes alone, so that results do not depend on the device. */
const elementsEach = 8192;

export function mean(runtime: Runtime, a: DeviceMatrix, axis: Axis, out: DeviceMatrix): void {
  reduce(runtime, 'mean', a, axis, out);
}

export function norm(runtime: Runtime, a: DeviceMatrix, axis: Axis, out: DeviceMatrix): void {
  reduce(runtime, 'norm', a, axis, out);
}

/** One value per column (axis 0), per row (axis 1), or of all elements. */
export function reduce(
  runtime: Runtime,
  kind: keyof typeof kinds,
  a: DeviceMatrix,
  axis: Axis,
  out: DeviceMatrix,
): void {
  if (sizeOf(out) === 0) return;
  if (axis === 1) reduceRows(runtime, kinds[kind], a, out);
  else if (axis === 0) reduceColumns(runtime, kinds[kind], a, out);
  else reduceAll(runtime, kinds[kind], a, out);
}

/** The first largest entry of each column (axis 0) or row (axis 1). */
export function argmax(runtime: Runtime, a: DeviceMatrix, axis: 0 | 1, out: DeviceMatrix): void {
  const source = sourceFor('argmax', a.dtype);
  const args = [a.buffer, a.rows, a.columns, out.buffer];
  if (axis === 0) runtime.launchOver(source, 'argmaxColumns', a.columns, args);
  else if (a.rows > 0) runtime.launch(source, 'argmaxRows', rowShape(a), args);
}

function reduceRows(runtime: Runtime, kind: number, a: DeviceMatrix, out: DeviceMatrix): void {
  const args = [a.buffer, a.rows, a.columns, kind, out.buffer];
  runtime.launch(sourceFor('reduce', a.dtype), 'reduceRows', rowShape(a), args);
}

/** As many threads per row as its length is worth, a power of two; the rest of a block takes other rows. */
function rowShape({ rows, columns }: DeviceMatrix) {
  const across = Math.min(threads, 2 ** Math.ceil(Math.log2(Math.max(1, columns))));
  const down = threads / across;
  return { grid: [Math.ceil(rows / down)], block: [across, down] } as const;
}

function reduceColumns(runtime: Runtime, kind: number, a: DeviceMatrix, out: DeviceMatrix): void {
  const source = sourceFor('reduce', a.dtype);
  const blocks = Math.ceil(a.columns / 32);
  const parts = Math.max(1, Math.min(mostParts, Math.ceil(a.rows / 64), Math.ceil(1024 / blocks)));
  const each = Math.ceil(a.rows / parts);
  runtime.withScratch(parts * a.columns * 8, (partial) => {
    const args = [a.buffer, a.rows, a.columns, kind, each, partial];
    runtime.launch(source, 'reduceColumns', { grid: [blocks, parts], block: [32, 8] }, args);
    const last = [partial, parts, a.columns, kind, a.rows, out.buffer];
    runtime.launchOver(source, 'finishColumns', a.columns, last);
  });
}

function reduceAll(runtime: Runtime, kind: number, a: DeviceMatrix, out: DeviceMatrix): void {
  const source = sourceFor('reduce', a.dtype);
  const size = sizeOf(a);
  const parts = Math.max(1, Math.min(1024, Math.ceil(size / elementsEach)));
  const each = Math.ceil(size / parts);
  runtime.withScratch(parts * 8, (partial) => {
    const shape = { grid: [parts], block: [threads] } as const;
    runtime.launch(source, 'reduceParts', shape, [a.buffer, size, kind, each, partial]);
    const last = [partial, parts, kind, size, out.buffer];
    runtime.launch(source, 'finishParts', { grid: [1], block: [threads] }, last);
  });
}
