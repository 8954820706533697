import type { Tensor } from '../backend.ts';
import {
  type DType,
  type FloatDType,
  type Shape,
  sizeOf,
  type TypedArray,
  type TypedArrayOf,
} from '../dtype.ts';
import { DTypeError, ShapeError, shownValue } from '../errors/index.ts';
import { isTensor } from '../scope.ts';

/** `float64 [3, 4]`, for messages. */
export function describe(tensor: Tensor): string {
  return `${tensor.dtype} [${tensor.shape.join(', ')}]`;
}

/** What was given as a tensor; others than ours may come from JavaScript. */
export function checkTensor(operation: string, given: unknown): void {
  if (isTensor(given) && Array.isArray(given.shape)) return;
  throw new DTypeError(`${operation}: expects a tensor, but is given ${shownValue(given)}.`);
}

export function checkShape(operation: string, shape: Shape): void {
  const lengths: unknown = shape;
  if (!isShape(lengths)) {
    const given = Array.isArray(lengths) ? `[${shownValue(lengths)}]` : shownValue(lengths);
    throw new ShapeError(`${operation}: ${given} is not a shape; lengths are integers from 0.`);
  }
}

/** Ends at the first hole, however long the array is. */
function isShape(lengths: unknown): boolean {
  if (!Array.isArray(lengths)) return false;
  for (let i = 0; i < lengths.length; i++) {
    if (!(Number.isSafeInteger(lengths[i]) && lengths[i] >= 0)) return false;
  }
  return true;
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

/** True for a tensor of this dtype. */
export function hasDType<D extends DType>(tensor: Tensor, dtype: D): tensor is Tensor<D> {
  return tensor.dtype === dtype;
}

/**
 * What an engine has read, which must be as many elements as were asked for, in the array of their dtype.
 *
 * @throws {DTypeError} for anything else: the engine breaks its contract
 */
export function checkRead<D extends DType>(
  engine: string,
  found: TypedArray,
  dtype: D,
  size: number,
): TypedArrayOf[D] {
  if (holds(found, dtype) && found.length === size) return found;
  const wanted = `${arrayNames[dtype]} of ${size} elements`;
  throw new DTypeError(`The engine '${engine}' reads ${given(found)} where ${dtype} is a ${wanted}.`);
}

const arrayNames = { float32: 'Float32Array', float64: 'Float64Array', int32: 'Int32Array' } as const;

/** By name, since test runners have one `Float32Array` for each of their realms. */
function holds<D extends DType>(array: TypedArray, dtype: D): array is TypedArrayOf[D] {
  return array?.[Symbol.toStringTag] === arrayNames[dtype];
}

function given(found: TypedArray | undefined): string {
  const name = found?.[Symbol.toStringTag];
  return name === undefined ? `a ${typeof found}` : `a ${name} of ${found?.length} elements`;
}

export function checkNewDType(backend: string, supported: readonly FloatDType[], dtype: DType): void {
  if (dtype !== 'int32' && !supported.includes(dtype)) {
    throw new DTypeError(
      `Backend '${backend}' does not compute in ${typeof dtype === 'string' ? dtype : shownValue(dtype)}, only in ${supported.join(', ')}. Choose another dtype or backend.`,
    );
  }
}
