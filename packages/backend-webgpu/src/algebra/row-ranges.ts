import { OutOfMemoryError } from '@agop/core';
import type { Runtime } from '../webgpu/runtime.ts';

/** Consecutive rows. */
export interface RowRange {
  readonly begin: number;
  readonly rows: number;
}

/** Rows of so many columns that one operand may have. @throws {OutOfMemoryError} where not even one fits */
export function rowsAtOnce(runtime: Runtime, columns: number): number {
  const rows = Math.floor(runtime.bindingElements / columns);
  if (rows > 0) return rows;
  throw new OutOfMemoryError(
    'webgpu',
    4 * columns,
    undefined,
    'A row of a matrix must be within what the device lets a kernel see.',
  );
}

/** Rows from `begin` to `end` in ranges of at most so many. */
export function rowRanges(begin: number, end: number, most: number): RowRange[] {
  const ranges: RowRange[] = [];
  for (let row = begin; row < end; row += most) ranges.push({ begin: row, rows: Math.min(most, end - row) });
  return ranges;
}

/** The largest power of two that is at most `most`. */
export function powerOfTwo(most: number): number {
  return 2 ** Math.floor(Math.log2(most));
}
