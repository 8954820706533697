import { bytesPerElement, type DType, type FloatDType, hostArray, type TypedArray } from '../dtype.ts';
import { OutOfMemoryError } from '../errors/index.ts';
import { type Dense, put } from '../host/dense.ts';
import { type Distribution, type RandomKey, randomArray } from '../random/index.ts';

export function allocate(size: number, dtype: DType): TypedArray {
  try {
    return hostArray(dtype, size);
  } catch {
    throw new OutOfMemoryError('naive', size * bytesPerElement(dtype));
  }
}

export function write(buffer: TypedArray, data: ArrayLike<number>): void {
  buffer.set(data);
}

export async function read(buffer: TypedArray): Promise<TypedArray> {
  return buffer.slice();
}

export function fill(out: Dense, value: number): void {
  out.buffer.fill(value);
}

export function identity(out: Dense): void {
  out.buffer.fill(0);
  for (let i = 0; i < out.rows; i++) put(out, i, i, 1);
}

export function random(out: Dense, distribution: Distribution, key: RandomKey): void {
  out.buffer.set(randomArray(out.buffer.length, distribution, key, out.dtype as FloatDType));
}
