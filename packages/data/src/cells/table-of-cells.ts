import { ValueError } from '@agop/core';
import type { TableOptions } from '../table/format.ts';
import type { Table } from '../table/table.ts';
import { uniqueNames } from '../table/unique-names.ts';
import { defaultMissing } from './missing.ts';
import { readColumns } from './read-columns.ts';

/** Columns of a file that holds values rather than text. */
interface CellColumns {
  readonly names: readonly string[];
  readonly columns: readonly ArrayLike<unknown>[];
  /** A value as the text of a cell; null where it is missing. */
  cellText(value: unknown): string | null;
}

/**
 * A table of values, which are read as the cells of a CSV file are: kinds of columns, dates and missing cells
 * are recognized in the same way.
 *
 * @param name of the file, for messages
 * @throws {ValueError} without rows, where columns differ in length, and as `parseCsv`
 */
export function tableOfCells(
  { names: given, columns, cellText }: CellColumns,
  options: TableOptions,
  name: string,
): Table {
  const { names, notes } = uniqueNames(given);
  const rows = columns[0]?.length ?? 0;
  if (rows === 0) throw new ValueError(`${name} has no rows.`);
  const odd = columns.findIndex(({ length }) => length !== rows);
  if (odd >= 0) {
    throw new ValueError(
      `${name}: column '${names[odd]}' has ${columns[odd]?.length} values, but '${names[0]}' has ${rows}.`,
    );
  }
  const missing = new Set(options.missing ?? defaultMissing);
  const read = readColumns({
    names,
    types: options.types ?? {},
    spelled: options.spelled ?? [],
    decimal: undefined,
    usualDecimal: '.',
    feed: (builders) => {
      for (const [i, builder] of builders.entries()) {
        const kept = new Set(options.kept?.[names[i] as string]);
        const values = columns[i] ?? [];
        for (let row = 0; row < rows; row++) {
          const cell = cellText(values[row]);
          if (cell === null) builder?.addMissing('');
          else if (missing.has(cell) && !kept.has(cell)) builder?.addMissing(cell);
          else builder?.add(cell, row + 1);
        }
      }
    },
  });
  return { rows, columns: read.columns, notes: [...notes, ...read.notes] };
}
