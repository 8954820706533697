import { ValueError } from '@agop/core';
import { parseNumber } from '../cells/numbers.ts';
import type { TableNote } from '../table/note.ts';
import { uniqueNames } from '../table/unique-names.ts';

/** Most columns that a table may have: the metric of a model has the square of them. */
const mostColumns = 100_000;

/**
 * Column names from the cells of the header line. Empty names become column1, column2, … by position, and of
 * columns with the same name the second is x_2; a made-up name is never one that the file has.
 *
 * @throws {ValueError} if the line looks like data, or has more than 100,000 cells
 */
export function namesFromHeader(
  cells: readonly string[],
  name: string,
): { readonly names: string[]; readonly notes: TableNote[] } {
  assertFewColumns(cells.length, name);
  const given = cells.map((cell) => cell.trim());
  const numbers = given.map((text, i) => (text === '' ? i : parseNumber(text)));
  if (numbers.every((value) => value !== undefined) && !numbers.every((value, i) => value === i)) {
    throw new ValueError(
      `${name}: the first line should name the columns, but all of its cells are numbers. ` +
        'Add a header line, or say that there is none.',
    );
  }
  return uniqueNames(given);
}

/** column1, column2, …: names for a file without a header line. */
export function numberedNames(count: number, name: string): string[] {
  assertFewColumns(count, name);
  return Array.from({ length: count }, (_, i) => `column${i + 1}`);
}

function assertFewColumns(count: number, name: string): void {
  if (count <= mostColumns) return;
  throw new ValueError(
    `${name} has ${count} columns, more than the ${mostColumns} that a table may have. Is the separator right?`,
  );
}
