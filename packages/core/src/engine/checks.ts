import type { Tensor } from '../backend.ts';
import { type DType, type FloatDType, type Shape, sizeOf } from '../dtype.ts';
import { DTypeError, ShapeError } from '../errors/index.ts';

/** `float64 [3, 4]`, for messages. */
export function describe(tensor: Tensor): string {
  return `${tensor.dtype} [${tensor.shape.join(', ')}]`;
}

export function checkShape(operation: string, shape: Shape): void {
  if (shape.some((length) => !Number.isSafeInteger(length) || length < 0)) {
    throw new ShapeError(`${operation}: [${shape.join(', ')}] is not a shape; lengths are integers from 0.`);
  }
}

export function checkLength(operation: string, length: number, shape: Shape): void {
  if (length !== sizeOf(shape)) {
    throw new ShapeError(
      `${operation}: ${length} elements do not fill [${shape.join(', ')}], which has ${sizeOf(shape)}.`,
    );
  }
}

export function checkMatrix(operation: string, tensor: Tensor): void {
  if (tensor.shape.length > 2) {
    throw new ShapeError(`${operation}: expects a matrix, but is given ${describe(tensor)}. Use reshape.`);
  }
}

export function checkSquare(operation: string, tensor: Tensor): void {
  if (tensor.shape.length !== 2 || tensor.shape[0] !== tensor.shape[1]) {
    throw new ShapeError(`${operation}: expects a square matrix, but is given ${describe(tensor)}.`);
  }
}

export function checkFloat(operation: string, tensor: Tensor): void {
  if (tensor.dtype === 'int32') {
    throw new DTypeError(
      `${operation}: expects float32 or float64, but is given ${describe(tensor)}. Use cast.`,
    );
  }
}

export function checkSameDType(operation: string, tensors: readonly Tensor[]): void {
  if (tensors.some((t) => t.dtype !== tensors[0]?.dtype)) {
    throw new DTypeError(
      `${operation}: operands must share one dtype, but are ${tensors.map(describe).join(', ')}. Use cast.`,
    );
  }
}

export function checkNewDType(backend: string, supported: readonly FloatDType[], dtype: DType): void {
  if (dtype !== 'int32' && !supported.includes(dtype)) {
    throw new DTypeError(
      `Backend '${backend}' does not compute in ${dtype}, only in ${supported.join(', ')}. Choose another dtype or backend.`,
    );
  }
}
