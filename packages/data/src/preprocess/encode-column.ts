import { UnknownLabelError, ValueError } from '@agop/core';
import { parseNumber } from '../csv/number.ts';
import { type Column, cellText, describeRow, type Table } from '../table/table.ts';
import { assertFinite, positionOf } from './finite.ts';
import type { CategoricalEncoder, Encoder } from './state.ts';

/** Different values that a message lists before it stops. */
const listedCategories = 12;

/** Number of matrix columns that an encoder fills. */
export function encodedWidth(encoder: Encoder): number {
  return encoder.kind === 'numeric' ? 1 : encoder.categories.length + (encoder.missingColumn ? 1 : 0);
}

/** Names of the matrix columns that an encoder fills: `age`, or `colour=red`, `colour=(missing)`. */
export function encodedNames(encoder: Encoder): string[] {
  if (encoder.kind === 'numeric') return [encoder.column];
  const values = encoder.missingColumn ? [...encoder.categories, '(missing)'] : encoder.categories;
  return values.map((value) => `${encoder.column}=${value}`);
}

/**
 * Writes one encoded column into a row-major matrix.
 *
 * @param data rows x `stride` numbers, zero where this encoder writes
 * @param offset first matrix column of this encoder
 * @throws {ValueError} if a cell of a numeric column is infinite or text
 * @throws {UnknownLabelError} for an unknown category, unless these are to be ignored
 */
export function encodeColumn(
  encoder: Encoder,
  table: Table,
  column: Column,
  unknown: 'error' | 'ignore',
  data: Float64Array,
  offset: number,
  stride: number,
): void {
  if (encoder.kind === 'categorical') {
    encodeCategorical(encoder, table, column, unknown, data, offset, stride);
    return;
  }
  for (let row = 0; row < table.rows; row++) {
    const value = column.kind === 'numeric' ? (column.values[row] as number) : numberOf(table, column, row);
    if (Number.isNaN(value)) {
      data[row * stride + offset] = (encoder.mean - encoder.shift) / encoder.scale;
    } else {
      assertFinite(table, column.name, row, value);
      data[row * stride + offset] = (value - encoder.shift) / encoder.scale;
    }
  }
}

function encodeCategorical(
  encoder: CategoricalEncoder,
  table: Table,
  column: Column,
  unknown: 'error' | 'ignore',
  data: Float64Array,
  offset: number,
  stride: number,
): void {
  const position = new Map(encoder.categories.map((category, i) => [category, i]));
  for (let row = 0; row < table.rows; row++) {
    const start = row * stride + offset;
    const text = cellText(column, row);
    if (text === null) {
      if (encoder.missingColumn) data[start + encoder.categories.length] = 1;
      else data.set(encoder.frequencies, start);
      continue;
    }
    const at = position.get(text);
    if (at !== undefined) data[start + at] = 1;
    else if (unknown === 'error') throw unknownCategory(encoder, table, row, text);
  }
}

function unknownCategory(
  encoder: CategoricalEncoder,
  table: Table,
  row: number,
  text: string,
): UnknownLabelError {
  const { categories } = encoder;
  const listed = categories.slice(0, listedCategories).map((category) => `'${category}'`);
  const more = categories.length > listed.length ? ` and ${categories.length - listed.length} more` : '';
  return new UnknownLabelError(
    `Column '${encoder.column}', ${describeRow(table, row)}: the category '${text}' did not occur in the training ` +
      `rows. Known are ${listed.join(', ')}${more}. Correct the cell, leave it empty, or ignore unknown categories.`,
    text,
    positionOf(table, encoder.column, row),
  );
}

function numberOf(table: Table, column: Column, row: number): number {
  const text = cellText(column, row);
  if (text === null) return Number.NaN;
  const value = parseNumber(text);
  if (value !== undefined) return value;
  throw new ValueError(
    `Column '${column.name}', ${describeRow(table, row)}: '${text}' is not a number, but the training rows had ` +
      'numbers in this column. Correct the cell or leave it empty.',
    positionOf(table, column.name, row),
  );
}
