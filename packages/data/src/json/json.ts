import { FormatError, ValueError } from '@agop/core';
import { checkObject } from '@agop/core/options';
import { tableOfCells } from '../cells/table-of-cells.ts';
import { decodeText } from '../csv/text.ts';
import { checkTableOptions, type TableFormat, type TableOptions } from '../table/format.ts';
import { columnsOf } from '../table/from-source.ts';
import type { Table } from '../table/table.ts';

const beginning = /^\uFEFF?\s*(?:\[\s*[[{]|\{\s*")/;

/**
 * JSON as a format of table files: a list of rows by name or as lists of cells, rows line by line, or columns
 * by name, as pandas writes them.
 */
export const jsonFormat: TableFormat = {
  name: 'JSON',
  recognize: (head) => beginning.test(new TextDecoder().decode(head)),
  read: async (bytes, options) => {
    const name = options.name ?? 'JSON';
    const { text, notes } = decodeText(bytes, name);
    const table = parseJsonTable(text, options);
    return { ...table, notes: [...notes, ...(table.notes ?? [])] };
  },
};

/**
 * Reads a table from a text in JSON: `[{ "a": 1 }, …]`, one such row on each line, `[["a"], [1], …]`, where
 * the first row has the names if all its cells are texts, `{ "a": [1, …] }`, or `{ "columns": ["a"], "data":
 * [[1], …] }`. Texts are read as cells of CSV are.
 *
 * @throws {FormatError} if it is not JSON
 * @throws {ValueError} if it is no table, and as `parseCsv`
 * @throws {OptionError} for options of another kind
 */
export function parseJsonTable(text: string, options: TableOptions = {}): Table {
  const { types, kept, missing: absent } = checkObject('parseJsonTable()', options);
  // What only other formats know says nothing here.
  const known = { types, kept, missing: absent, name: options.name };
  checkTableOptions('parseJsonTable()', known);
  const name = options.name ?? 'JSON';
  const source = parse(text, name);
  const { names, columns } = columnsOf(isGrid(source) ? framed(source, name) : source);
  return tableOfCells({ names, columns, cellText }, options, name);
}

function isGrid(source: unknown): source is readonly (readonly unknown[])[] {
  return Array.isArray(source) && source.length > 0 && source.every(Array.isArray);
}

/** Rows of cells with the names of their columns. */
function framed(grid: readonly (readonly unknown[])[], name: string): object {
  const [first = []] = grid;
  const odd = grid.findIndex(({ length }) => length !== first.length);
  if (odd >= 0) {
    throw new ValueError(
      `${name}: row ${odd} (counted from 0) has ${grid[odd]?.length} cells, but row 0 has ${first.length}.`,
      { row: odd },
    );
  }
  const hasNames = first.every((cell) => typeof cell === 'string');
  return {
    columns: hasNames ? first : first.map((_, i) => `column${i + 1}`),
    data: hasNames ? grid.slice(1) : grid,
  };
}

function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return (typeof value === 'object' ? JSON.stringify(value) : String(value)).trim();
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    try {
      if (lines.length > 1) return lines.map((line): unknown => JSON.parse(line));
    } catch {
      // The first reason says more.
    }
    throw new FormatError(
      `${name} begins as JSON, but is not: ${cause instanceof Error ? cause.message : ''}`,
      { cause },
    );
  }
}
