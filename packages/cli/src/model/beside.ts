import { type CsvCell, cellText, requireColumn, type Table } from '@agop/data';
import type { PredictOptions } from './predict-options.ts';

/** Columns that stand beside predictions, a list of cells for each row. */
export interface Further {
  readonly header: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
}

/** What predictions are, in a table. */
interface Named {
  readonly target: readonly string[];
  readonly header: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
}

/**
 * Predictions with what tells their rows before them (numbers of rows, columns that are kept), and further
 * columns behind.
 */
export function withBeside<P extends Named>(
  predictions: P,
  table: Table,
  options: PredictOptions,
  further: readonly Further[],
): P {
  const numbers = rowNumbers(table, options);
  const taken = [...numbers.flatMap(({ header }) => header), ...predictions.header];
  const before = [...numbers, ...keptColumns(table, options, taken)];
  const cells = (parts: readonly Further[], row: number): CsvCell[] =>
    parts.flatMap(({ rows }) => rows[row] ?? []);
  const names = (parts: readonly Further[]): string[] => parts.flatMap(({ header }) => header);
  return {
    ...predictions,
    header: [...names(before), ...predictions.header, ...names(further)],
    rows: predictions.rows.map((row, at) => [...cells(before, at), ...row, ...cells(further, at)]),
  };
}

/** Numbers of the rows, from 1. */
function rowNumbers({ rows }: Table, { rowNumbers: isWanted }: PredictOptions): Further[] {
  return isWanted ? [{ header: ['row'], rows: Array.from({ length: rows }, (_, row) => [row + 1]) }] : [];
}

/** Columns of the table, their cells as they are written, but for spaces around them. */
function keptColumns(table: Table, { keep }: PredictOptions, taken: readonly string[]): Further[] {
  return [...new Set(keep)].map((name) => {
    const column = requireColumn(table, name);
    return {
      header: [taken.includes(name) ? `${name} (in the table)` : name],
      rows: Array.from({ length: table.rows }, (_, row) => [cellText(column, row)]),
    };
  });
}
