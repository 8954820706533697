import type { Table } from '@agop/data';
import { demand } from '../verdict.ts';

/** What every table must be that a reader gives. */
export function checkTable({ rows, columns }: Table): void {
  const names = columns.map(({ name }) => name);
  demand(new Set(names).size === names.length, 'broken promise', `Two columns are called alike: ${names}.`);
  for (const column of columns) {
    const data = column.kind === 'numeric' ? column.values : column.codes;
    demand(
      data.length === rows,
      'broken promise',
      `Column '${column.name}' has ${data.length} of ${rows} cells.`,
    );
    if (column.kind === 'numeric') {
      const missing = column.values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
      demand(
        missing === column.missing,
        'broken promise',
        `${missing} cells are missing, not ${column.missing}.`,
      );
    } else {
      const { categories, codes, missing } = column;
      demand(
        new Set(categories).size === categories.length,
        'broken promise',
        `Column '${column.name}' has a category twice.`,
      );
      const wrong = codes.find((code) => code < -1 || code >= categories.length);
      demand(wrong === undefined, 'broken promise', `Column '${column.name}' holds the code ${wrong}.`);
      const absent = codes.reduce((count, code) => count + (code < 0 ? 1 : 0), 0);
      demand(absent === missing, 'broken promise', `${absent} cells are missing, not ${missing}.`);
    }
  }
}
