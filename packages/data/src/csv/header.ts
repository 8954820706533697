import { ValueError } from '@agop/core';
import { parseNumber } from './text.ts';

/**
 * Column names from the cells of the header line. Empty names become column1, column2, … by position.
 *
 * @throws {ValueError} if two columns have the same name, or if the line looks like data
 */
export function namesFromHeader(cells: readonly string[], name: string): string[] {
  const names = cells.map((cell, i) => cell.trim() || `column${i + 1}`);
  const numbers = names.map((text) => parseNumber(text));
  if (numbers.every((value) => value !== undefined) && !numbers.every((value, i) => value === i)) {
    throw new ValueError(
      `${name}: the first line should name the columns, but all of its cells are numbers. ` +
        'Add a header line, or say that there is none.',
    );
  }
  const seen = new Map<string, number>();
  for (const [i, column] of names.entries()) {
    const first = seen.get(column);
    if (first !== undefined) {
      throw new ValueError(
        `${name}: columns ${first + 1} and ${i + 1} are both called '${column}'. Rename one of them.`,
      );
    }
    seen.set(column, i);
  }
  return names;
}

/** column1, column2, …: names for a file without a header line. */
export function numberedNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `column${i + 1}`);
}
