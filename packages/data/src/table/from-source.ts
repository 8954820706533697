import { ValueError } from '@agop/core';
import { type CellValue, type ColumnValues, checkLast, columnFromValues } from './from-columns.ts';
import type { Table } from './table.ts';
import { uniqueNames } from './unique-names.ts';

/** A table of Apache Arrow, as its JavaScript library and those built on it hold one. */
export interface ArrowLike {
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChildAt(index: number): Iterable<unknown> | null;
}

/** A frame that gives its columns by name, as those of nodejs-polars do. */
export interface PolarsLike {
  readonly columns: readonly string[];
  getColumn(name: string): { toArray(): ArrayLike<unknown> };
}

/** A frame that gives its rows, as those of danfo.js do. */
export interface DanfoLike {
  readonly columns: readonly string[];
  readonly values: readonly ArrayLike<unknown>[];
}

/** A table that gives its columns as arrays, as those of arquero do. */
export interface ArqueroLike {
  columnNames(): readonly string[];
  array(name: string): ArrayLike<unknown>;
}

/** What {@link tableFrom} takes. */
export type TableSource =
  | Readonly<Record<string, ColumnValues>>
  | readonly Readonly<Record<string, CellValue>>[]
  | ArrowLike
  | PolarsLike
  | DanfoLike
  | ArqueroLike;

/**
 * A table from what programs hold tables in: an object of columns `{ a: [1, 2] }`, a list of rows `[{ a: 1 },
 * { a: 2 }]` (a row that lacks a name has no value there), or a table of Apache Arrow, nodejs-polars,
 * danfo.js or arquero. Names are kept; a second column of the same name `x` is `x_2`. The kinds of columns
 * are those of `tableFromColumns`.
 *
 * @throws {ValueError} if it is none of these, has no columns, columns differ in length, or a cell is an
 *   object
 */
export function tableFrom(source: TableSource): Table {
  const { names, columns } = columnsOf(source);
  if (names.length === 0) throw new ValueError('A table needs at least one column.');
  const { names: unique, notes } = uniqueNames(names);
  const rows = columns[0]?.length ?? 0;
  const built = unique.map((name, i) => {
    const values = columns[i] ?? [];
    if (values.length !== rows) {
      throw new ValueError(
        `Column '${name}' has ${values.length} values, but column '${unique[0]}' has ${rows}. All must be equal.`,
      );
    }
    return columnFromValues(
      name,
      values.map((value, row) => cellOf(value, name, row)),
    );
  });
  return { rows, columns: built, ...(notes.length > 0 && { notes }) };
}

/** Names and values of the columns of a source. */
interface Columns {
  readonly names: readonly string[];
  readonly columns: readonly (readonly unknown[])[];
}

/** @throws {ValueError} if it is no table */
export function columnsOf(source: unknown): Columns {
  if (Array.isArray(source)) return columnsOfRows(source);
  if (typeof source !== 'object' || source === null || ArrayBuffer.isView(source)) throw noTable();
  if (isArrow(source)) {
    const names = source.schema.fields.map(({ name }) => name);
    return { names, columns: names.map((_, i) => [...(source.getChildAt(i) ?? [])]) };
  }
  if (isArquero(source)) {
    const names = source.columnNames();
    return { names, columns: names.map((name) => Array.from(source.array(name))) };
  }
  if (hasNames(source)) {
    if (isPolars(source)) {
      return {
        names: source.columns,
        columns: source.columns.map((name) => Array.from(source.getColumn(name).toArray())),
      };
    }
    const rows = 'values' in source ? source.values : 'data' in source ? source.data : undefined;
    if (isRows(rows)) {
      return { names: source.columns, columns: source.columns.map((_, i) => rows.map((row) => row[i])) };
    }
  }
  const entries = Object.entries(source);
  return {
    names: entries.map(([name]) => name),
    columns: entries.map(([name, values]) => {
      if (isList(values)) {
        checkLast(name, values);
        return Array.from(values);
      }
      // As pandas writes a frame in JSON: { a: { "0": 1, "1": 2 } }.
      if (typeof values === 'object' && values !== null && !(values instanceof Date))
        return Object.values(values);
      throw new ValueError(
        `Column '${name}' is no list of values. A table is an object of columns or a list of rows.`,
      );
    }),
  };
}

function columnsOfRows(rows: readonly unknown[]): Columns {
  const at = new Map<string, number>();
  const columns: unknown[][] = [];
  for (const [row, cells] of rows.entries()) {
    if (typeof cells !== 'object' || cells === null || Array.isArray(cells)) {
      throw new ValueError(`Row ${row} is no object of cells by name, such as { a: 1, b: 'x' }.`, { row });
    }
    for (const [name, value] of Object.entries(cells)) {
      let column = at.get(name);
      if (column === undefined) {
        column = columns.length;
        at.set(name, column);
        columns.push(new Array(rows.length).fill(null));
      }
      (columns[column] as unknown[])[row] = value;
    }
  }
  return { names: [...at.keys()], columns };
}

function cellOf(value: unknown, name: string, row: number): CellValue {
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'string':
    case 'undefined':
      return value;
    default:
      if (value === null || value instanceof Date) return value;
      throw new ValueError(
        `Column '${name}', row ${row}: a cell is a number, a text, a boolean, a date or null, but not an object.`,
        { row },
      );
  }
}

function noTable(): ValueError {
  return new ValueError(
    'This is no table: an object of columns, a list of rows, or a table of Arrow, polars, danfo or arquero is needed.',
  );
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function isRows(value: unknown): value is readonly ArrayLike<unknown>[] {
  return Array.isArray(value) && value.every(isList);
}

function hasNames(source: object): source is { readonly columns: readonly string[] } {
  return (
    'columns' in source &&
    Array.isArray(source.columns) &&
    source.columns.every((name) => typeof name === 'string')
  );
}

function isPolars(source: object): source is PolarsLike {
  return 'getColumn' in source && typeof source.getColumn === 'function';
}

function isArquero(source: object): source is ArqueroLike {
  return (
    'columnNames' in source &&
    typeof source.columnNames === 'function' &&
    'array' in source &&
    typeof source.array === 'function'
  );
}

function isArrow(source: object): source is ArrowLike {
  if (!('schema' in source && 'getChildAt' in source) || typeof source.getChildAt !== 'function')
    return false;
  const { schema } = source;
  return typeof schema === 'object' && schema !== null && 'fields' in schema && Array.isArray(schema.fields);
}
