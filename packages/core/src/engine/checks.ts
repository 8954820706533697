import type { PatchOptions, Tensor, WindowOptions } from '../backend.ts';
import { type DType, type FloatDType, type Shape, sizeOf } from '../dtype.ts';
import { DTypeError, OptionError, ShapeError } from '../errors/index.ts';
import { rowsOf } from './broadcast.ts';
import type { PatchGeometry, WindowGeometry } from './engine.ts';

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

export function checkPatches(images: Tensor, options: PatchOptions): PatchGeometry {
  const { size, stride = 1, padding = 0 } = options;
  const [n, height, width, channels] = images.shape;
  if (
    images.shape.length !== 4 ||
    n === undefined ||
    height === undefined ||
    width === undefined ||
    channels === undefined
  ) {
    throw new ShapeError(
      `patches: expects images [n, height, width, channels], but is given ${describe(images)}.`,
    );
  }
  const integers = { size, stride, padding };
  for (const [option, value] of Object.entries(integers)) {
    if (!Number.isInteger(value) || value < (option === 'padding' ? 0 : 1)) {
      throw new OptionError(option, `patches: ${option} must be a whole number, but is ${value}.`);
    }
  }
  if (height + 2 * padding < size || width + 2 * padding < size) {
    throw new ShapeError(`patches: patches of ${size} x ${size} do not fit into ${describe(images)}.`);
  }
  return {
    images: n,
    height,
    width,
    channels,
    size,
    stride,
    padding,
    outHeight: Math.floor((height + 2 * padding - size) / stride) + 1,
    outWidth: Math.floor((width + 2 * padding - size) / stride) + 1,
  };
}

export function checkWindows(a: Tensor, options: WindowOptions): WindowGeometry {
  const { height, width, size, padding = 0 } = options;
  for (const [option, value] of Object.entries({ height, width, size, padding })) {
    if (!Number.isInteger(value) || value < (option === 'padding' ? 0 : 1)) {
      throw new OptionError(option, `windowSums: ${option} must be a whole number, but is ${value}.`);
    }
  }
  const rowsPerPoint = rowsOf(a.shape) / (height * width);
  if (!Number.isInteger(rowsPerPoint)) {
    throw new ShapeError(
      `windowSums: the rows of ${describe(a)} are no multiple of the ${height} x ${width} points of the grid.`,
    );
  }
  if (height + 2 * padding < size || width + 2 * padding < size) {
    throw new ShapeError(
      `windowSums: windows of ${size} x ${size} do not fit into a grid of ${height} x ${width}${padding ? ` with ${padding} around it` : ''}.`,
    );
  }
  const [outHeight, outWidth] = [height, width].map((length) => length + 2 * padding - size + 1) as [
    number,
    number,
  ];
  return { height, width, size, padding, rowsPerPoint, outHeight, outWidth };
}

/** Rows of each of the matrices below each other. */
export function checkBatches(operation: string, batches: number, tensors: readonly Tensor[]): void {
  if (!Number.isInteger(batches) || batches < 1) {
    throw new OptionError(
      'batches',
      `${operation}: batches must be a whole number from 1, but is ${batches}.`,
    );
  }
  for (const tensor of tensors) {
    if (rowsOf(tensor.shape) % batches !== 0) {
      throw new ShapeError(
        `${operation}: the rows of ${describe(tensor)} do not divide into ${batches} matrices.`,
      );
    }
  }
}
