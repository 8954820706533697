import type { TypedArray } from '../dtype.ts';
import type { Matrix } from '../matrix.ts';

/** A matrix in host memory, row-major. Storing into a Float32Array rounds; all arithmetic is in float64. */
export type Dense = Matrix<TypedArray>;

/** Element (i, j). */
export function at(m: Dense, i: number, j: number): number {
  return m.buffer[i * m.columns + j] as number;
}

/** Sets element (i, j). */
export function put(m: Dense, i: number, j: number, value: number): void {
  m.buffer[i * m.columns + j] = value;
}

/** The elements of a matrix, or of its transpose, in float64 and row-major. */
export function widened(m: Dense, transpose = false): Float64Array {
  const { rows, columns } = m;
  const out = new Float64Array(rows * columns);
  if (!transpose) out.set(m.buffer);
  else {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) out[j * rows + i] = at(m, i, j);
    }
  }
  return out;
}

/** Inner product of row i of `a` and row j of `b`, both with `length` columns. */
export function rowProduct(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += (a[i * length + k] as number) * (b[j * length + k] as number);
  return sum;
}
