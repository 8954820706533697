import { ShapeError } from '@agop/core';
import type { PatchGeometry, WindowGeometry } from '@agop/core/engine';
import { bytes, elements, floatKernels, length, type M } from './memory.ts';
import type { Runtime } from './runtime.ts';

export function fill({ kernels }: Runtime, out: M, value: number): void {
  kernels[out.dtype].fill(out.buffer, length(out), value);
}

export function identity(runtime: Runtime, out: M): void {
  fill(runtime, out, 0);
  runtime.kernels[out.dtype].fillStrided(out.buffer, out.columns + 1, out.rows, 1);
}

export function copyRows({ kernels }: Runtime, a: M, begin: number, out: M): void {
  const line = a.columns * bytes(a);
  kernels.copyRows(a.buffer + begin * line, 0, out.buffer, 0, length(out) * bytes(out), 1);
}

export function cast(runtime: Runtime, a: M, out: M): void {
  const convert = runtime.kernels.cast[a.dtype][out.dtype];
  if (convert) convert(a.buffer, length(a), out.buffer);
  else copyRows(runtime, a, 0, out);
}

export function transpose({ kernels }: Runtime, a: M, out: M): void {
  kernels[a.dtype].transpose(a.buffer, a.rows, a.columns, out.buffer);
}

export function gather(runtime: Runtime, a: M, indices: M, out: M): void {
  const list = elements(runtime, indices.buffer, length(indices), 'int32');
  const wrong = list.findIndex((index) => index < 0 || index >= a.rows);
  if (wrong >= 0) {
    throw new ShapeError(`gather: index ${list[wrong]} (at ${wrong}) is not one of the ${a.rows} rows.`);
  }
  runtime.kernels.gather(a.buffer, a.columns * bytes(a), indices.buffer, list.length, out.buffer);
}

export function place({ kernels }: Runtime, part: M, out: M, row: number, column: number): void {
  const size = bytes(part);
  const target = out.buffer + (row * out.columns + column) * size;
  const line = part.columns * size;
  kernels.copyRows(part.buffer, line, target, out.columns * size, line, part.rows);
}

export function diagonal({ kernels }: Runtime, a: M, out: M): void {
  kernels[a.dtype].copyStrided(a.buffer, a.columns + 1, out.buffer, 1, length(out));
}

export function patches({ kernels }: Runtime, images: M, geometry: PatchGeometry, out: M): void {
  const { height, width, channels, size, stride, padding, outHeight, outWidth } = geometry;
  kernels.patches(
    images.buffer,
    geometry.images,
    height,
    width,
    channels * bytes(images),
    size,
    stride,
    padding,
    outHeight,
    outWidth,
    out.buffer,
  );
}

export function windowSums(runtime: Runtime, a: M, geometry: WindowGeometry, out: M): void {
  const { height, width, size, padding, rowsPerPoint, outHeight, outWidth } = geometry;
  const inner = rowsPerPoint * a.columns;
  const run = floatKernels(runtime, a).windowSums;
  run(a.buffer, height, width, inner, size, padding, outHeight, outWidth, out.buffer);
}
