import { bytesPerElement, type DType, floatDType, hostArray, type TypedArray } from '@agop/core';
import type { Matrix } from '@agop/core/engine';
import type { FloatKernels } from '../generated/kernels.ts';
import type { Runtime } from './runtime.ts';

/** A matrix in the memory of the module: its buffer is an address. */
export type M = Matrix<number>;

export function allocate({ heap }: Runtime, size: number, dtype: DType): number {
  return heap.allocate(size * bytesPerElement(dtype));
}

export function free({ heap }: Runtime, buffer: number): void {
  heap.free(buffer);
}

export function write(runtime: Runtime, buffer: number, data: ArrayLike<number>, dtype: DType): void {
  elements(runtime, buffer, data.length, dtype).set(data);
}

export async function read(
  runtime: Runtime,
  buffer: number,
  size: number,
  dtype: DType,
): Promise<TypedArray> {
  const copy = hostArray(dtype, size);
  copy.set(elements(runtime, buffer, size, dtype));
  return copy;
}

/** A view of the memory as it is now: growing makes old views useless. */
export function elements({ heap }: Runtime, buffer: number, size: number, dtype: DType): TypedArray {
  const { memory } = heap;
  if (dtype === 'float64') return new Float64Array(memory.buffer, buffer, size);
  if (dtype === 'float32') return new Float32Array(memory.buffer, buffer, size);
  return new Int32Array(memory.buffer, buffer, size);
}

/** The kernels for a matrix of floats. */
export function floatKernels({ kernels }: Runtime, matrix: M): FloatKernels {
  return kernels[floatDType(matrix)];
}

export function length({ rows, columns }: M): number {
  return rows * columns;
}

/** Bytes per element. */
export function bytes({ dtype }: M): 4 | 8 {
  return bytesPerElement(dtype);
}
