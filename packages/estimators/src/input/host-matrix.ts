import { DisposedError, DTypeError, isTensor, ShapeError, sizeOf, ValueError } from '@agop/core';
import { checkText, isListOf } from '@agop/core/options';
import { checkFinite, tableHint, toFloats } from './elements.ts';
import type { FloatArray, HostMatrix, MatrixInput, TfTensorLike } from './matrix-input.ts';
import { arrowValues, fromArrowTable, fromNested, type RawMatrix } from './nested.ts';
import {
  hasDataAndShape,
  isArrowTable,
  isArrowVector,
  isNumericArray,
  isTfTensor,
  kindOf,
} from './recognize.ts';

/**
 * Turns every accepted form of a matrix into one, checked once. Float arrays are not copied; all else becomes
 * float64, and `tf.Tensor`s the float32 that they are.
 *
 * @param value the matrix; vectors are one column
 * @param what its name, with which every message begins: `X`, `y`, `validation X`
 * @throws {ValueError} if it is empty, ragged, or holds something else than finite numbers
 * @throws {ShapeError} for ranks other than 1 and 2, and data that does not fill its shape
 * @throws {DTypeError} for anything that is no matrix
 * @throws {DisposedError} for a tensor that has been disposed
 */
export async function toHostMatrix(value: MatrixInput, what: string): Promise<HostMatrix> {
  checkText('what', what);
  const { data, rows, columns } = await readMatrix(value, what);
  if (rows === 0 || columns === 0) {
    const missing = rows === 0 ? 'rows' : 'columns';
    throw new ValueError(`${what} is empty: it has no ${missing}.`);
  }
  checkFinite(data, columns, what);
  return { data, rows, columns };
}

/**
 * Like {@link toHostMatrix} for a vector, such as a target of one value per sample: rank 1, or one column.
 *
 * @throws {ShapeError} for several columns
 * @throws {ValueError} as {@link toHostMatrix}
 * @throws {DTypeError} as {@link toHostMatrix}
 * @throws {DisposedError} as {@link toHostMatrix}
 */
export async function toHostVector(value: MatrixInput, what: string): Promise<FloatArray> {
  const { data, rows, columns } = await toHostMatrix(value, what);
  if (columns !== 1) {
    throw new ShapeError(`${what} must be a vector, but is a matrix [${rows}, ${columns}].`);
  }
  return data;
}

/** `value` is looked at as unknown: callers without types pass anything. */
async function readMatrix(value: unknown, what: string): Promise<RawMatrix> {
  if (isTensor(value)) {
    const data = toFloats(await value.read(), 1, what);
    return shaped(data, value.shape, what);
  }
  return isTfTensor(value) ? readTfTensor(value, what) : readArrays(value, what);
}

function readArrays(value: unknown, what: string): RawMatrix {
  if (isArrowTable(value)) return fromArrowTable(value, what);
  if (isArrowVector(value)) return column(toFloats(arrowValues(value, what, 0), 1, what));
  if (isNumericArray(value)) return column(toFloats(value, 1, what));
  if (Array.isArray(value)) {
    const nested = Array.isArray(value[0]) || isNumericArray(value[0]);
    return nested ? fromNested(value, what) : column(toFloats(value, 1, what));
  }
  if (hasDataAndShape(value)) return readShaped(value.data, value.shape, what);
  throw new DTypeError(
    `${what} must be an array of rows, { data, shape }, a tf.Tensor, an agop tensor or an Arrow table, but is ${kindOf(value)}.${tableHint(value)}`,
  );
}

function readShaped(data: unknown, shape: unknown, what: string): RawMatrix {
  if (
    !Array.isArray(shape) ||
    !isListOf(shape, (length) => Number.isSafeInteger(length) && Number(length) >= 0)
  ) {
    throw new ShapeError(`${what} has a \`shape\` that is no array of lengths.`);
  }
  if (!Array.isArray(data) && !isNumericArray(data)) {
    throw new DTypeError(`${what} has a \`data\` that must be an array of numbers, but is ${kindOf(data)}.`);
  }
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `${what} has ${data.length} elements, which do not fill its shape [${shape.join(', ')}] of ${sizeOf(shape)}.`,
    );
  }
  return shaped(toFloats(data, shape[1] ?? 1, what), shape, what);
}

async function readTfTensor(
  tensor: TfTensorLike & { isDisposed?: unknown },
  what: string,
): Promise<RawMatrix> {
  if (tensor.isDisposed === true) throw new DisposedError(`${what}: a tf.Tensor`);
  if (tensor.dtype !== 'float32' && tensor.dtype !== 'int32' && tensor.dtype !== 'bool') {
    throw new DTypeError(`${what} must be a tf.Tensor of numbers, but has dtype ${tensor.dtype}.`);
  }
  return readShaped(await tensor.data(), tensor.shape, what);
}

function shaped(data: RawMatrix['data'], shape: readonly number[], what: string): RawMatrix {
  const [rows, columns = 1] = shape;
  if (rows === undefined || shape.length > 2) {
    throw new ShapeError(
      `${what} must be a matrix [rows, columns], but has shape [${shape.join(', ')}]. Reshape it: one row per sample.`,
    );
  }
  return { data, rows, columns };
}

function column(data: RawMatrix['data']): RawMatrix {
  return { data, rows: data.length, columns: 1 };
}
