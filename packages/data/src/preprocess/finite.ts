import { ValueError } from '@agop/core';
import { describeRow, type Table } from '../table/table.ts';

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
