import { bytesPerElement, type DType, hostArray, type TypedArray } from '../dtype.ts';
import { OutOfMemoryError } from '../errors/index.ts';

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
