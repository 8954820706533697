import { shownValue, ValueError } from '@agop/core';
import { checkObject } from '@agop/core/options';
import type { CategoricalColumn, Column, NumericColumn, Table } from './table.ts';

/** A cell. `null`, `undefined`, NaN and an invalid date mean missing. */
export type CellValue = number | bigint | boolean | string | Date | null | undefined;

/** Values of one column. */
export type ColumnValues = ArrayLike<CellValue>;

/**
 * A table from columns in memory. A column whose values are all numbers (or missing) becomes numeric, any
 * other one categorical; booleans become the categories `true` and `false`. `Date` objects become dates.
 * @throws {ValueError} if the columns are of different lengths or there is none.
 */
export function tableFromColumns(columns: Readonly<Record<string, ColumnValues>>): Table {
  const names = Object.keys(checkObject('tableFromColumns()', columns));
  const first = names[0];
  if (first === undefined) throw new ValueError('A table needs at least one column.');
  const rows = columns[first]?.length ?? 0;
  const built = names.map((name): Column => {
    const values = columns[name] ?? [];
    if (values.length !== rows) {
      throw new ValueError(
        `Column '${name}' has ${values.length} values, but column '${first}' has ${rows}. All must be equal.`,
      );
    }
    return columnFromValues(name, values);
  });
  return { rows, columns: built };
}

/** Columns that are longer are asked for their last value first. */
const manyValues = 2 ** 24;

/** Before memory is taken for what is not there. @throws {ValueError} for a length that is too large */
export function checkLast(name: string, values: ArrayLike<unknown>): void {
  if (values.length > manyValues && !(values.length - 1 in values)) {
    throw new ValueError(`Column '${name}' says that it has ${values.length} values, but has no last one.`);
  }
}

/** A column from its cells. @throws {ValueError} for a length that is not there, and cells without a text */
export function columnFromValues(name: string, values: ColumnValues): Column {
  checkLast(name, values);
  const cells = Array.from({ length: values.length }, (_, row) => {
    const value = values[row];
    return value === undefined || Number.isNaN(value instanceof Date ? value.getTime() : value)
      ? null
      : value;
  });
  if (
    cells.some((cell) => cell instanceof Date) &&
    cells.every((cell) => cell === null || cell instanceof Date)
  ) {
    const days = Float64Array.from(cells, (cell) =>
      cell === null ? Number.NaN : cell.getTime() / 86_400_000,
    );
    return { ...numericColumn(name, days), notation: 'date YMD' };
  }
  const isNumeric = cells.every(
    (cell) => cell === null || typeof cell === 'number' || typeof cell === 'bigint',
  );
  return isNumeric
    ? numericColumn(
        name,
        Float64Array.from(cells, (cell) => (cell === null ? Number.NaN : Number(cell))),
      )
    : categoricalColumn(
        name,
        cells.map((cell) =>
          cell === null ? null : cell instanceof Date ? cell.toISOString() : textOf(cell, name),
        ),
      );
}

/** @throws {ValueError} for what becomes no text */
function textOf(cell: NonNullable<CellValue>, column: string): string {
  try {
    return String(cell);
  } catch {
    throw new ValueError(`Column '${column}' has a cell that becomes no text: ${shownValue(cell)}.`);
  }
}

/** A numeric column around `values` (kept, not copied). */
export function numericColumn(name: string, values: Float64Array): NumericColumn {
  let missing = 0;
  for (const value of values) if (Number.isNaN(value)) missing += 1;
  return { kind: 'numeric', name, values, missing };
}

/** A categorical column from texts; null is missing. */
export function categoricalColumn(name: string, texts: readonly (string | null)[]): CategoricalColumn {
  const codeOf = new Map<string, number>();
  let missing = 0;
  const codes = Int32Array.from(texts, (text) => {
    if (text === null) {
      missing += 1;
      return -1;
    }
    const known = codeOf.get(text);
    if (known !== undefined) return known;
    codeOf.set(text, codeOf.size);
    return codeOf.size - 1;
  });
  return { kind: 'categorical', name, categories: [...codeOf.keys()], codes, missing };
}
