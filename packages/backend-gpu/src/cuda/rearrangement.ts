import { bytesPerElement, type DType } from '@agop/core';
import { castDefinitions, kernelSource } from '../kernels/sources.ts';
import { bytesOf, type DeviceMatrix, type Runtime, rowAddress, sizeOf, sourceFor } from './runtime.ts';

const tile = 32;

export function copyRows(runtime: Runtime, a: DeviceMatrix, begin: number, out: DeviceMatrix): void {
  runtime.copy(rowAddress(a, begin), out.buffer, bytesOf(out));
}

export function cast(runtime: Runtime, a: DeviceMatrix, out: DeviceMatrix): void {
  if (a.dtype === out.dtype) copyRows(runtime, a, 0, out);
  else
    runtime.launchOver(castSource(a.dtype, out.dtype), 'cast', sizeOf(out), [
      a.buffer,
      out.buffer,
      sizeOf(out),
    ]);
}

export function castSource(from: DType, to: DType) {
  return { key: `cast ${from} ${to}`, source: () => kernelSource('cast', to, castDefinitions(from)) };
}

export function transpose(runtime: Runtime, a: DeviceMatrix, out: DeviceMatrix): void {
  if (sizeOf(a) === 0) return;
  if (a.rows === 1 || a.columns === 1) {
    runtime.copy(a.buffer, out.buffer, bytesOf(a));
    return;
  }
  const args = [a.buffer, a.rows, a.columns, out.buffer];
  runtime.launch(sourceFor('transpose', a.dtype), 'transpose', tiles(a.rows, a.columns), args);
}

/** Mirrors one triangle of a square matrix to the other: the lower one upwards, or the upper one down. */
export function mirror(runtime: Runtime, a: DeviceMatrix, direction: 'upwards' | 'downwards'): void {
  if (a.rows < 2) return;
  const args = [a.buffer, a.rows, direction === 'upwards' ? 1 : 0];
  runtime.launch(sourceFor('transpose', a.dtype), 'mirror', tiles(a.rows, a.rows), args);
}

/** Moves the upper triangle of a square matrix, mirrored, to the lower one, and leaves zeros. */
export function moveDown(runtime: Runtime, a: DeviceMatrix): void {
  const source = sourceFor('transpose', a.dtype);
  runtime.launch(source, 'moveDown', tiles(a.rows, a.rows), [a.buffer, a.rows]);
}

/** A block of 32 x 8 threads per tile of 32 x 32 elements. */
export function tiles(rows: number, columns: number) {
  return { grid: [Math.ceil(rows / tile) * Math.ceil(columns / tile)], block: [tile, 8] } as const;
}

export function gather(runtime: Runtime, a: DeviceMatrix, indices: DeviceMatrix, out: DeviceMatrix): void {
  const args = [a.buffer, a.rows, a.columns, indices.buffer, out.rows, out.buffer];
  runtime.launchOver(sourceFor('copy', a.dtype), 'gather', sizeOf(out), args);
}

export function place(
  runtime: Runtime,
  part: DeviceMatrix,
  out: DeviceMatrix,
  row: number,
  column: number,
): void {
  const target = rowAddress(out, row) + column * bytesPerElement(out.dtype);
  if (part.columns === out.columns) {
    runtime.copy(part.buffer, target, bytesOf(part));
    return;
  }
  const args = [part.buffer, part.columns, target, out.columns, part.rows, part.columns];
  runtime.launchOver(sourceFor('copy', part.dtype), 'copyBlock', sizeOf(part), args);
}

export function diagonal(runtime: Runtime, a: DeviceMatrix, out: DeviceMatrix): void {
  const args = [a.buffer, a.columns + 1, out.buffer, sizeOf(out)];
  runtime.launchOver(sourceFor('copy', a.dtype), 'copyStrided', sizeOf(out), args);
}
