import { ShapeError } from '../errors/index.ts';
import { at, type Dense, put } from '../host/dense.ts';

export function copyRows(a: Dense, begin: number, out: Dense): void {
  for (let i = 0; i < out.rows; i++) copyRow(a, begin + i, out, i);
}

/** Storing into an Int32Array truncates towards zero. */
export function cast(a: Dense, out: Dense): void {
  out.buffer.set(a.buffer);
}

export function transpose(a: Dense, out: Dense): void {
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) put(out, j, i, at(a, i, j));
  }
}

export function gather(a: Dense, indices: Dense, out: Dense): void {
  for (let i = 0; i < out.rows; i++) {
    const index = at(indices, 0, i);
    if (index < 0 || index >= a.rows) {
      throw new ShapeError(
        `gather: index ${index} at position ${i} is not a row of a matrix with ${a.rows} rows.`,
      );
    }
    copyRow(a, index, out, i);
  }
}

export function place(part: Dense, out: Dense, row: number, column: number): void {
  for (let i = 0; i < part.rows; i++) {
    for (let j = 0; j < part.columns; j++) put(out, row + i, column + j, at(part, i, j));
  }
}

export function diagonal(a: Dense, out: Dense): void {
  for (let i = 0; i < a.rows; i++) put(out, 0, i, at(a, i, i));
}

function copyRow(a: Dense, from: number, out: Dense, to: number): void {
  for (let j = 0; j < out.columns; j++) put(out, to, j, at(a, from, j));
}
