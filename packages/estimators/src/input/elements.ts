import { OutOfMemoryError, ValueError } from '@agop/core';
import type { FloatArray } from './matrix-input.ts';
import { isNumericArray, kindOf } from './recognize.ts';

/**
 * Elements as floats: float arrays as they are, without copying; all else as float64.
 *
 * @param columns length of a row, to say where an element stands
 * @throws {ValueError} for an element that is no number
 */
export function toFloats(data: ArrayLike<unknown>, columns: number, what: string): FloatArray {
  if (data instanceof Float64Array || data instanceof Float32Array) return data;
  if (isNumericArray(data)) return Float64Array.from(data);
  checkLast(data, columns, what);
  const out = newFloats(Float64Array, data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = toNumber(data[i], what, Math.floor(i / columns), i % columns);
  }
  return out;
}

/** @throws {OutOfMemoryError} for more elements than memory has room for */
export function newFloats(
  kind: Float32ArrayConstructor | Float64ArrayConstructor,
  length: number,
): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  try {
    return new kind(length);
  } catch {
    throw new OutOfMemoryError('host', length * kind.BYTES_PER_ELEMENT);
  }
}

/**
 * Copies one row or column into a matrix.
 *
 * @param stride distance of its elements in `out`, 1 for a row
 * @throws {ValueError} for an element that is no number
 */
export function copyInto(
  out: FloatArray,
  offset: number,
  stride: number,
  data: ArrayLike<unknown>,
  what: string,
  columns: number,
): void {
  for (let i = 0; i < data.length; i++) {
    const at = offset + i * stride;
    const value = data[i];
    out[at] =
      typeof value === 'number' ? value : toNumber(value, what, Math.floor(at / columns), at % columns);
  }
}

/** @throws {ValueError} at the first NaN or infinite element */
export function checkFinite(data: FloatArray, columns: number, what: string): void {
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (!Number.isFinite(value)) {
      const [row, column] = [Math.floor(i / columns), i % columns];
      throw new ValueError(
        `${what} has the value ${value} in row ${row}, column ${column} (counted from 0). ` +
          'Remove such rows or fill in the values.',
        { row, column },
      );
    }
  }
}

/** Where columns or rows are objects, which are tables before they are numbers. */
export function tableHint(value: unknown): string {
  return typeof value === 'object' && value !== null && !(value instanceof Promise)
    ? ' Columns or rows by name are tables: see `tableFrom` and `TablePreprocessor` of @agop/data.'
    : '';
}

/** Lists that are longer are asked for their last element first. */
const manyElements = 2 ** 20;

/** Before memory is taken for what is not there. @throws {ValueError} for a last element that is no number */
export function checkLast(data: ArrayLike<unknown>, columns: number, what: string): void {
  const last = data.length - 1;
  if (last >= manyElements) toNumber(data[last], what, Math.floor(last / columns), last % columns);
}

/** Big integers become numbers where that is exact. */
function toNumber(value: unknown, what: string, row: number, column: number): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' && BigInt(Number(value)) === value) return Number(value);
  throw new ValueError(
    `${what} is not a number in row ${row}, column ${column} (counted from 0), but ${kindOf(value)}.` +
      (tableHint(value) || ' Encode categories as numbers, fill in missing values.'),
    { row, column },
  );
}
