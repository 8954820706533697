import { ValueError } from '@agop/core';
import { checkNumbers } from '@agop/core/options';
import type { TableNote } from './note.ts';

/** The two kinds of columns a {@link Table} has. */
export type ColumnKind = 'numeric' | 'categorical';

/** The orders of year, month and day in a date. */
export type DateOrder = 'YMD' | 'DMY' | 'MDY';

/**
 * How the numbers of a column are written: with a decimal comma, as dates (held as days since 1970-01-01), or
 * as times of day (held as hours). Decimal points need no word.
 */
export type Notation = 'decimal comma' | 'clock' | `date ${DateOrder}`;

/** What a column may be declared to be: a kind, or numbers in a notation. */
export type ColumnType = ColumnKind | Notation;

/** A column of numbers. A missing cell is NaN; infinite cells are kept as they are and refused later. */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly name: string;
  /** One value per row. */
  readonly values: Float64Array;
  /** How many cells are missing. */
  readonly missing: number;
  /** Texts of the file that were read as missing, a few of them; empty cells apart. */
  readonly absent?: readonly string[];
  /** Default: decimal points. */
  readonly notation?: Notation;
  /** The cells as they were spelt, where the numbers do not keep it: `007`, or integers of 16 digits. */
  readonly spelled?: CategoricalColumn;
}

/** A column of text values, stored as codes into the list of its distinct values. */
export interface CategoricalColumn {
  readonly kind: 'categorical';
  readonly name: string;
  /** The distinct values, in the order in which they first appear. */
  readonly categories: readonly string[];
  /** One index into `categories` per row; a missing cell is -1. */
  readonly codes: Int32Array;
  /** How many cells are missing. */
  readonly missing: number;
  /** Texts of the file that were read as missing, a few of them; empty cells apart. */
  readonly absent?: readonly string[];
}

/** A column of a {@link Table}. */
export type Column = NumericColumn | CategoricalColumn;

/** A table by columns. All columns have `rows` entries and different names. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Line of each row in the file it came from, counted from 1, so that errors can point at it. */
  readonly lines?: Int32Array;
  /** Guesses that were made when it was read. */
  readonly notes?: readonly TableNote[];
}

/** A dense row-major matrix on the host. Anything that takes "`data` and `shape`" takes it. */
export interface DenseMatrix {
  /** rows x columns numbers. */
  readonly data: Float64Array;
  readonly shape: readonly [rows: number, columns: number];
}

/** The column called `name`, or undefined. */
export function findColumn(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name);
}

/**
 * The column called `name`.
 * @throws {ValueError} if there is none; the message lists the columns there are.
 */
export function requireColumn(table: Table, name: string, role = 'column'): Column {
  const column = findColumn(table, name);
  if (column !== undefined) return column;
  const near = table.columns.find((c) => c.name.trim().toLowerCase() === name.trim().toLowerCase());
  const hint = near === undefined ? '' : ` Did you mean '${near.name}'?`;
  throw new ValueError(`There is no ${role} '${name}'.${hint} The columns are: ${listNames(table)}.`);
}

/** Names of a table's columns for a message, shortened when there are many. */
function listNames(table: Table): string {
  const shown = 12;
  const names = table.columns.map((column) => column.name);
  if (names.length <= shown + 1) return names.join(', ');
  const head = names.slice(0, shown - 2).join(', ');
  const tail = names.slice(-2).join(', ');
  return `${head}, … (${names.length - shown} more), ${tail}`;
}

/** Where a row is, for a message: its line in the file if known, else its number from 0. */
export function describeRow(table: Table, row: number): string {
  const line = table.lines?.[row];
  return line === undefined ? `row ${row}` : `line ${line}`;
}

/** Where a cell is, as {@link ValueError} carries it. */
export function positionOf(table: Table, name: string, row: number): { row: number; column: number } {
  return { row, column: table.columns.findIndex((column) => column.name === name) };
}

/** @throws {ValueError} if `value` is not finite; it names the column and the row */
export function assertFinite(table: Table, name: string, row: number, value: number): void {
  if (Number.isFinite(value)) return;
  throw new ValueError(
    `Column '${name}', ${describeRow(table, row)}: the value is ${value}. Correct the cell or leave it empty.`,
    positionOf(table, name, row),
  );
}

/**
 * The text of a categorical cell, or of a numeric one as it was spelt or else as JavaScript prints it; null
 * if it is missing.
 */
export function cellText(column: Column, row: number): string | null {
  if (column.kind === 'categorical') return column.categories[column.codes[row] ?? -1] ?? null;
  if (column.spelled !== undefined) return cellText(column.spelled, row);
  const value = column.values[row] ?? Number.NaN;
  return Number.isNaN(value) ? null : String(value);
}

/**
 * The given rows of a table, in the given order. Categories keep their list and codes.
 * @param rows Row numbers from 0.
 * @throws {OptionError} for rows that are no numbers
 */
export function takeRows(table: Table, rows: ArrayLike<number>): Table {
  checkNumbers('rows', rows);
  const columns = table.columns.map((column): Column => {
    if (column.kind === 'categorical') return takeCodes(column, rows);
    const values = Float64Array.from(rows, (row) => column.values[row] ?? Number.NaN);
    return {
      ...column,
      values,
      missing: values.reduce((sum, v) => sum + (Number.isNaN(v) ? 1 : 0), 0),
      ...(column.spelled !== undefined && { spelled: takeCodes(column.spelled, rows) }),
    };
  });
  const taken = { rows: rows.length, columns };
  const { lines } = table;
  return lines === undefined ? taken : { ...taken, lines: Int32Array.from(rows, (row) => lines[row] ?? 0) };
}

function takeCodes(column: CategoricalColumn, rows: ArrayLike<number>): CategoricalColumn {
  const codes = Int32Array.from(rows, (row) => column.codes[row] ?? -1);
  return { ...column, codes, missing: codes.reduce((sum, code) => sum + (code < 0 ? 1 : 0), 0) };
}
