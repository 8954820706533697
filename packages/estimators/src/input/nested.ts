import { ValueError } from '@agop/core';
import { checkLast, copyInto, newFloats } from './elements.ts';
import type { ArrowLikeTable, ArrowLikeVector, FloatArray } from './matrix-input.ts';
import { isNumericArray, kindOf } from './recognize.ts';

/** Elements, row-major, before the check for NaN and infinity. */
export interface RawMatrix {
  readonly data: FloatArray;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Rows as arrays; float32 if every row is a Float32Array.
 *
 * @throws {ValueError} for ragged rows, rows that are no arrays, elements that are no numbers
 */
export function fromNested(rows: readonly unknown[], what: string): RawMatrix {
  const first = rows[0];
  const columns = isRow(first) ? first.length : 0;
  if (isRow(first)) checkLast(first, columns, what);
  if (!isRow(rows.at(-1))) throw rowError(what, rows.length - 1, rows.at(-1));
  const single = rows.every((row) => row instanceof Float32Array);
  const data = newFloats(single ? Float32Array : Float64Array, rows.length * columns);
  for (const [index, row] of rows.entries()) {
    if (!isRow(row)) throw rowError(what, index, row);
    if (row.length !== columns) {
      throw new ValueError(
        `${what} has ragged rows: row ${index} (counted from 0) has ${row.length} elements, the rows before it ${columns}.`,
        { row: index },
      );
    }
    copyInto(data, index * columns, 1, row, what, columns);
  }
  return { data, rows: rows.length, columns };
}

function rowError(what: string, row: number, value: unknown): ValueError {
  return new ValueError(`${what} row ${row} (counted from 0) must be an array, but is ${kindOf(value)}.`, {
    row,
  });
}

/** @throws {ValueError} for missing values and columns that are not numeric */
export function fromArrowTable(table: ArrowLikeTable, what: string): RawMatrix {
  const { fields } = table.schema;
  const [rows, columns] = [table.numRows, fields.length];
  const data = newFloats(Float64Array, rows * columns);
  for (const [index, field] of fields.entries()) {
    const vector = table.getChildAt(index);
    if (vector?.length !== rows) {
      throw new ValueError(`${what} has no complete column ${index} ('${field.name}').`, { column: index });
    }
    copyInto(
      data,
      index,
      columns,
      arrowValues(vector, `${what} column '${field.name}'`, index),
      what,
      columns,
    );
  }
  return { data, rows, columns };
}

/**
 * The values of an Arrow column. Its array holds anything where a value is missing, so missing ones are
 * looked up.
 */
export function arrowValues(vector: ArrowLikeVector, what: string, column: number): ArrayLike<unknown> {
  if (vector.nullCount > 0) {
    for (let row = 0; row < vector.length; row++) {
      if (vector.get(row) === null) {
        throw new ValueError(
          `${what} has no value in row ${row} (counted from 0). Fill it in or remove the row.`,
          {
            row,
            column,
          },
        );
      }
    }
  }
  const values = vector.toArray();
  // Some types (booleans) are packed in the array: one element does not hold one value.
  return values.length === vector.length
    ? values
    : Array.from({ length: vector.length }, (_, row) => vector.get(row));
}

function isRow(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || isNumericArray(value);
}
