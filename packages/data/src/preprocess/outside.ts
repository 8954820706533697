import { writtenNumber } from '../cells/dates.ts';
import { type Column, cellText, findColumn, type Table } from '../table/table.ts';
import { mostCodes, numberOf, positionsOf } from './encoder.ts';
import type { DateEncoder, Encoder, NumberRange, NumericEncoder } from './state.ts';

/** A category that the training rows did not have. */
export interface UnknownCategory {
  readonly column: string;
  readonly category: string;
}

/** Cells of one column that lie outside of what the training rows had. */
export interface OutsideCells {
  readonly column: string;
  /**
   * `below`, `above`: numbers and dates beyond those of the training rows. `unseen`: categories that none of
   * them had. `missing`: no value, where all training rows had one.
   */
  readonly kind: 'below' | 'above' | 'unseen' | 'missing';
  /** Their rows, ascending; at least one. */
  readonly rows: Int32Array;
  /** The first of these cells, as it is written; empty where it is missing. */
  readonly example: string;
  /** The least or largest of the training rows, as it is written there; of `below` and `above`. */
  readonly limit?: string;
}

/**
 * Numbers are outside where they leave the range of the training rows by more than a tenth of it, and by a
 * further tenth where there were only 100 of them. A number of the same kind leaves the range of n others
 * with a probability of 2 / n, and by that much hardly ever: normal ones with less than 5 / 10,000, for any n
 * from 30 on.
 */
const [part, few] = [0.1, 10];

/** Cells that lie outside of what the training rows had, column by column. */
export function findOutside(table: Table, encoders: readonly Encoder[]): OutsideCells[] {
  return encoders.flatMap((encoder) => {
    const column = findColumn(table, encoder.column);
    if (column === undefined) return [];
    const outside =
      'categories' in encoder ? unseenCells(table, column, encoder) : beyond(table, column, encoder);
    return encoder.missing > 0 ? outside : [...outside, ...missingCells(table, column)];
  });
}

/** Rows with a category that the encoders do not know, and one of these. */
export function findUnknown(
  table: Table,
  encoders: readonly Encoder[],
): { readonly rows: number; readonly example: UnknownCategory | undefined } {
  const unseen = encoders.flatMap((encoder) => {
    const column = findColumn(table, encoder.column);
    return column !== undefined && 'categories' in encoder ? unseenCells(table, column, encoder) : [];
  });
  const [first] = unseen;
  return {
    rows: new Set(unseen.flatMap(({ rows }) => [...rows])).size,
    example: first && { column: first.column, category: first.example },
  };
}

function unseenCells(
  table: Table,
  column: Column,
  encoder: Extract<Encoder, { readonly categories: readonly string[] }>,
): OutsideCells[] {
  // Rare categories are no longer known where others are.
  if (encoder.kind === 'categorical' && encoder.otherShare !== undefined) return [];
  if (encoder.kind === 'ordinal' && encoder.asCodes && encoder.categories.length >= mostCodes) return [];
  const positionOf = positionsOf(encoder);
  const isUnseen = (row: number): boolean => {
    const text = cellText(column, row);
    return text !== null && positionOf(text) === undefined;
  };
  return cellsOf(column, 'unseen', rowsWhere(table, isUnseen));
}

function missingCells(table: Table, column: Column): OutsideCells[] {
  if (column.missing === 0) return [];
  return cellsOf(
    column,
    'missing',
    rowsWhere(table, (row) => cellText(column, row) === null),
  );
}

/** Numbers and dates beyond the range. */
function beyond(table: Table, column: Column, encoder: NumericEncoder | DateEncoder): OutsideCells[] {
  const { range, notation } = encoder;
  if (range === undefined) return [];
  const margin = (range.to - range.from) * (part + few / range.cells);
  const [least, most] = [range.from - margin, range.to + margin];
  const numberAt = (row: number): number => numberOf(table, column, row, encoder.kind === 'date');
  const cells = (kind: 'below' | 'above', rows: Int32Array, limit: number): OutsideCells[] =>
    cellsOf(column, kind, rows, (row) => written(numberAt(row), notation, range)).map((own) => ({
      ...own,
      limit: written(limit, notation, range),
    }));
  return [
    ...cells(
      'below',
      rowsWhere(table, (row) => numberAt(row) < least),
      range.from,
    ),
    ...cells(
      'above',
      rowsWhere(table, (row) => numberAt(row) > most),
      range.to,
    ),
  ];
}

function cellsOf(
  column: Column,
  kind: OutsideCells['kind'],
  rows: Int32Array,
  text: (row: number) => string = (row) => cellText(column, row) ?? '',
): OutsideCells[] {
  const [first] = rows;
  return first === undefined ? [] : [{ column: column.name, kind, rows, example: text(first) }];
}

function rowsWhere(table: Table, holds: (row: number) => boolean): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < table.rows; row++) if (holds(row)) rows.push(row);
  return Int32Array.from(rows);
}

/** A number as its column writes it: a date without a time where neither it nor the range has one. */
function written(value: number, notation: NumericEncoder['notation'], { from, to }: NumberRange): string {
  return String(writtenNumber(value, notation, [from, to, value].every(Number.isInteger)));
}
