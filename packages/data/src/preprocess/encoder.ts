import { UnknownLabelError, ValueError, wording } from '@agop/core';
import { checkWhole } from '@agop/core/options';
import { type DatePart, dateParts, readDate } from '../cells/dates.ts';
import { canonicalCode, parseNumber, readNumber } from '../cells/numbers.ts';
import { categoricalColumn } from '../table/from-columns.ts';
import {
  assertFinite,
  type CategoricalColumn,
  type Column,
  cellText,
  describeRow,
  type Notation,
  type NumericColumn,
  positionOf,
  type Table,
} from '../table/table.ts';
import type { PreprocessOptions } from './options.ts';
import type { CategoricalEncoder, DateEncoder, Encoder, LeftOutColumn, NumericEncoder } from './state.ts';

/** What one feature column becomes: an encoder, or a reason why it is left out. */
export type FittedColumn =
  | { readonly encoder: Encoder; readonly leftOut?: never }
  | { readonly leftOut: LeftOutColumn; readonly encoder?: never };

/**
 * Learns how to encode one column.
 *
 * @throws {ValueError} if a cell is infinite
 */
export function fitColumn(table: Table, column: Column, options: PreprocessOptions): FittedColumn {
  const leaveOut = (reason: LeftOutColumn['reason'], detail: string): FittedColumn => ({
    leftOut: { column: column.name, reason, detail },
  });
  if (column.missing === table.rows) return leaveOut('empty', 'it has no values');
  const isCode = options.categorical?.includes(column.name) ?? false;
  if (column.kind === 'numeric' && column.notation?.startsWith('date') && !isCode) {
    const encoder = fitDate(table, column, column.notation, options.scale ?? 'standard');
    return encoder === undefined ? leaveOut('constant', 'all of its values are equal') : { encoder };
  }
  if (column.kind === 'numeric' && !isCode) {
    const encoder = fitNumeric(
      table,
      column.name,
      column.values,
      options.scale ?? 'standard',
      column.missing,
    );
    if (encoder === undefined) return leaveOut('constant', 'all of its values are equal');
    return { encoder: { ...encoder, ...(column.notation !== undefined && { notation: column.notation }) } };
  }
  const text = asCategorical(column);
  const limit = checkWhole('maxCategories', options.maxCategories ?? 128, 1);
  const encoder = fitCategorical(text);
  if (encoder.categories.length === 1 && !encoder.missingColumn) {
    return leaveOut('constant', 'all of its values are equal');
  }
  if (encoder.categories.length > limit) {
    return leaveOut(
      'too many categories',
      `it has ${encoder.categories.length} different texts, more than ${limit}`,
    );
  }
  return { encoder };
}

function fitNumeric(
  table: Table,
  name: string,
  values: Float64Array,
  scaling: 'standard' | 'none',
  missing: number,
): NumericEncoder | undefined {
  let sum = 0;
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const [row, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    assertFinite(table, name, row, value);
    sum += value;
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  if (smallest === largest) return undefined;
  const count = table.rows - missing;
  const mean = sum / count;
  let squares = 0;
  for (const value of values) if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / count);
  if (!Number.isFinite(mean) || !Number.isFinite(deviation) || deviation === 0) {
    throw new ValueError(
      `Column '${name}': its values, from ${smallest} to ${largest}, are too large or too close to be standardised ` +
        'in double precision. Rescale the column.',
    );
  }
  const [shift, scale] = scaling === 'standard' ? [mean, deviation] : [0, 1];
  return { kind: 'numeric', column: name, mean, shift, scale, missing };
}

/** The parts of a date that differ between rows. */
function fitDate(
  table: Table,
  column: NumericColumn,
  notation: Notation,
  scaling: 'standard' | 'none',
): DateEncoder | undefined {
  const parts = (Object.keys(dateParts) as DatePart[]).flatMap((part) => {
    const fitted = fitNumeric(
      table,
      column.name,
      column.values.map(dateParts[part]),
      scaling,
      column.missing,
    );
    return fitted === undefined
      ? []
      : [{ part, mean: fitted.mean, shift: fitted.shift, scale: fitted.scale }];
  });
  if (parts.length === 0) return undefined;
  return { kind: 'date', column: column.name, notation, parts, missing: column.missing };
}

function fitCategorical(column: CategoricalColumn): CategoricalEncoder {
  // A part of a table keeps all categories of the whole; those without a row here are not known. The codes 1
  // and 1.0 are one.
  const counts = new Map<string, number>();
  const names = column.categories.map(canonicalCode);
  let filled = 0;
  for (const code of column.codes) {
    if (code < 0) continue;
    const name = names[code] as string;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    filled += 1;
  }
  const known = [...counts]
    .map(([category, count]) => ({ category, share: count / filled }))
    .toSorted((a, b) => (a.category < b.category ? -1 : 1));
  return {
    kind: 'categorical',
    column: column.name,
    categories: known.map(({ category }) => category),
    frequencies: known.map(({ share }) => share),
    missingColumn: column.missing > 0,
    missing: column.missing,
  };
}

function asCategorical(column: Column): CategoricalColumn {
  if (column.kind === 'categorical') return column;
  return categoricalColumn(
    column.name,
    Array.from(column.values, (_, row) => cellText(column, row)),
  );
}

/** Different values that a message lists before it stops. */
const listedCategories = 12;

/** Number of matrix columns that an encoder fills. */
export function encodedWidth(encoder: Encoder): number {
  if (encoder.kind === 'numeric') return 1;
  return encoder.kind === 'date'
    ? encoder.parts.length
    : encoder.categories.length + (encoder.missingColumn ? 1 : 0);
}

/**
 * Names of the matrix columns that an encoder fills: `age`, `day:month`, or `colour=red`, `colour=(missing)`.
 */
export function encodedNames(encoder: Encoder): string[] {
  if (encoder.kind === 'numeric') return [encoder.column];
  if (encoder.kind === 'date') return encoder.parts.map(({ part }) => `${encoder.column}:${part}`);
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
  const parts = encoder.kind === 'numeric' ? [encoder] : encoder.parts;
  const isDate = encoder.kind === 'date';
  for (let row = 0; row < table.rows; row++) {
    const value =
      column.kind === 'numeric' ? (column.values[row] as number) : numberOf(table, column, row, isDate);
    const at = row * stride + offset;
    for (const [i, part] of parts.entries()) {
      if (Number.isNaN(value)) {
        data[at + i] = (part.mean - part.shift) / part.scale;
      } else {
        assertFinite(table, column.name, row, value);
        data[at + i] =
          ((isDate && 'part' in part ? dateParts[part.part](value) : value) - part.shift) / part.scale;
      }
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
  const position = new Map(encoder.categories.map((category, i) => [canonicalCode(category), i]));
  for (const [i, category] of encoder.categories.entries()) position.set(category, i);
  for (let row = 0; row < table.rows; row++) {
    const start = row * stride + offset;
    const text = cellText(column, row);
    if (text === null) {
      if (encoder.missingColumn) data[start + encoder.categories.length] = 1;
      else data.set(encoder.frequencies, start);
      continue;
    }
    const at = position.get(text) ?? position.get(canonicalCode(text));
    if (at !== undefined) data[start + at] = 1;
    else if (unknown === 'error') throw unknownCategory(encoder, table, row, text);
  }
}

/** A category that the training rows did not have. */
export interface UnknownCategory {
  readonly column: string;
  readonly category: string;
}

/** Rows of a table with categories that the encoders do not know. */
export function findUnknown(
  table: Table,
  encoders: readonly Encoder[],
): { readonly rows: number; readonly example: UnknownCategory | undefined } {
  const rows = new Set<number>();
  let example: UnknownCategory | undefined;
  for (const encoder of encoders) {
    const column = table.columns.find(({ name }) => name === encoder.column);
    if (encoder.kind !== 'categorical' || column === undefined) continue;
    const known = new Set([...encoder.categories, ...encoder.categories.map(canonicalCode)]);
    for (let row = 0; row < table.rows; row++) {
      const text = cellText(column, row);
      if (text === null || known.has(text) || known.has(canonicalCode(text))) continue;
      rows.add(row);
      example ??= { column: encoder.column, category: text };
    }
  }
  return { rows: rows.size, example };
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
    wording`Column '${encoder.column}', ${describeRow(table, row)}: the category '${text}' did not occur in the training rows. Known are ${listed.join(', ')}${more}. Correct the cell, leave it empty, or ignore unknown categories: ${{ option: 'unknownCategories', value: 'ignore' }}.`,
    text,
    positionOf(table, encoder.column, row),
  );
}

function numberOf(table: Table, column: Column, row: number, isDate: boolean): number {
  const text = cellText(column, row);
  if (text === null) return Number.NaN;
  const value = isDate ? readDate(text, 'YMD') : (parseNumber(text) ?? readNumber(text)?.point);
  if (value !== undefined) return value;
  throw new ValueError(
    `Column '${column.name}', ${describeRow(table, row)}: '${text}' is not a ${isDate ? 'date' : 'number'}, but the ` +
      `training rows had ${isDate ? 'dates' : 'numbers'} in this column. Correct the cell or leave it empty.`,
    positionOf(table, column.name, row),
  );
}
