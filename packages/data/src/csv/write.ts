import Papa from 'papaparse';

/** A cell to be written: numbers are printed so that they read back exactly; null is an empty cell. */
export type CsvCell = string | number | boolean | null;

/**
 * CSV text (RFC 4180 quoting, comma, line feeds) with a header line.
 *
 * @param header names of the columns
 * @param rows one list of cells per row, as long as `header`
 */
export function formatCsv(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  const body = Papa.unparse(
    { fields: [...header], data: [...rows].map((row) => [...row]) },
    { newline: '\n' },
  );
  return `${body}\n`;
}
