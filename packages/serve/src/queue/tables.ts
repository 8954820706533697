import { DTypeError, ShapeError, ValueError } from '@agop/core';

/** A column of numbers of a table of `@agop/data`, NaN where there is none. */
interface NumberColumn {
  readonly kind: 'numeric';
  readonly name: string;
  readonly values: Float64Array;
  readonly missing: number;
  readonly notation?: string;
  readonly spelled?: TextColumn;
}

/** A column of texts of a table of `@agop/data`: codes into its categories, -1 where there is none. */
interface TextColumn {
  readonly kind: 'categorical';
  readonly name: string;
  readonly categories: readonly string[];
  readonly codes: Int32Array;
  readonly missing: number;
}

type NamedColumn = NumberColumn | TextColumn;

/** What the queue knows of a table of `@agop/data`. */
export interface NamedColumns {
  readonly rows: number;
  readonly columns: readonly NamedColumn[];
}

/** Rows of a table. */
export interface TablePart {
  readonly table: NamedColumns;
  readonly begin: number;
  readonly rows: number;
}

/** Whether samples say that they are a table. */
export function isTable(x: unknown): x is { readonly rows: number; readonly columns: readonly unknown[] } {
  if (typeof x !== 'object' || x === null || !('rows' in x && 'columns' in x)) return false;
  return typeof x.rows === 'number' && Array.isArray(x.columns);
}

/**
 * A table whose columns are what they say.
 *
 * @throws {ValueError} for no rows, no columns, two columns of one name, and codes without a category
 * @throws {ShapeError} for columns of other lengths
 * @throws {DTypeError} for columns that are none
 */
export function readTable(x: { readonly rows: number; readonly columns: readonly unknown[] }): NamedColumns {
  const { rows, columns } = x;
  if (rows === 0 || columns.length === 0) {
    throw new ValueError(`X is empty: it has no ${rows === 0 ? 'rows' : 'columns'}.`);
  }
  const names = new Set<string>();
  for (const column of columns) {
    const own = checkColumn(column, rows);
    if (names.has(own.name)) throw new ValueError(`X has two columns '${own.name}'.`);
    names.add(own.name);
  }
  return x as NamedColumns;
}

/** @throws {DTypeError} for what is no column @throws {ShapeError} @throws {ValueError} for codes */
function checkColumn(column: unknown, rows: number): NamedColumn {
  if (!isColumn(column)) {
    throw new DTypeError(
      'X has a column that is none: tables of @agop/data have a name and values or codes.',
    );
  }
  const { length } = column.kind === 'numeric' ? column.values : column.codes;
  if (length !== rows) {
    throw new ShapeError(`X has ${rows} rows, but its column '${column.name}' has ${length}.`);
  }
  if (column.kind === 'categorical') {
    const { categories, codes } = column;
    const row = codes.findIndex((code) => code < -1 || code >= categories.length);
    if (row >= 0)
      throw new ValueError(`X has no category for row ${row} of column '${column.name}'.`, { row });
  } else if (column.spelled !== undefined) checkColumn(column.spelled, rows);
  return column;
}

function isColumn(column: unknown): column is NamedColumn {
  if (typeof column !== 'object' || column === null || !('name' in column && 'kind' in column)) return false;
  if (typeof column.name !== 'string') return false;
  if (column.kind === 'numeric') return 'values' in column && column.values instanceof Float64Array;
  if (column.kind !== 'categorical' || !('codes' in column && 'categories' in column)) return false;
  return column.codes instanceof Int32Array && Array.isArray(column.categories);
}

/** Tables with the same columns, in any order, that are read alike. */
export function kindOfTable({ columns }: NamedColumns): string {
  const kinds = columns.map((column) => [
    column.name,
    column.kind,
    ...(column.kind === 'numeric' ? [column.notation ?? '', column.spelled !== undefined] : []),
  ]);
  return `table ${JSON.stringify(kinds.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)))}`;
}

/** Rows of tables of one kind as one table. Categories come in the order in which they appear. */
export function joinTables(parts: readonly TablePart[]): NamedColumns {
  const [first] = parts as readonly [TablePart];
  if (parts.length === 1 && first.rows === first.table.rows) return first.table;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const columns = first.table.columns.map((column) => {
    const own = parts.map(({ table, begin, rows: count }) => ({
      column: table.columns.find(({ name }) => name === column.name) as NamedColumn,
      begin,
      end: begin + count,
    }));
    return column.kind === 'numeric' ? joinNumbers(column, own, rows) : joinTexts(column, own, rows);
  });
  return { rows, columns };
}

interface ColumnPart {
  readonly column: NamedColumn;
  readonly begin: number;
  readonly end: number;
}

function joinNumbers(like: NumberColumn, parts: readonly ColumnPart[], rows: number): NumberColumn {
  const values = new Float64Array(rows);
  const spelled: ColumnPart[] = [];
  let at = 0;
  for (const { column, begin, end } of parts) {
    if (column.kind !== 'numeric') continue;
    values.set(column.values.subarray(begin, end), at);
    if (column.spelled) spelled.push({ column: column.spelled, begin, end });
    at += end - begin;
  }
  const missing = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
  const { name, notation } = like;
  return {
    ...{ kind: 'numeric', name, values, missing },
    ...(notation !== undefined && { notation }),
    ...(like.spelled && { spelled: joinTexts(like.spelled, spelled, rows) }),
  };
}

function joinTexts({ name }: TextColumn, parts: readonly ColumnPart[], rows: number): TextColumn {
  const codeOf = new Map<string, number>();
  const codes = new Int32Array(rows);
  let [at, missing] = [0, 0];
  for (const { column, begin, end } of parts) {
    if (column.kind !== 'categorical') continue;
    for (const own of column.codes.subarray(begin, end)) {
      const text = column.categories[own];
      let code = text === undefined ? -1 : codeOf.get(text);
      if (text !== undefined && code === undefined) {
        code = codeOf.size;
        codeOf.set(text, code);
      }
      if (text === undefined) missing += 1;
      codes[at++] = code ?? -1;
    }
  }
  return { kind: 'categorical', name, categories: [...codeOf.keys()], codes, missing };
}
