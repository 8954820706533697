import { gzipSync } from 'node:zlib';
import { type CsvCell, formatCsv } from '@agop/data';
import { endingOf } from '../output/file-endings.ts';
import { spreadsheetSafe } from './spreadsheet.ts';

/** A table of predictions. */
interface Cells {
  readonly header: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
}

/**
 * Predictions as the ending of a file says: tab-separated, JSON (a list of objects), JSON lines; else CSV.
 *
 * @param path undefined: standard output
 * @param isSafe whether a spreadsheet is kept from computing cells of CSV
 */
export function predictionFile(
  { header, rows }: Cells,
  path: string | undefined,
  isSafe: boolean,
): string | Uint8Array {
  const ending = path === undefined ? '' : endingOf(path);
  const format = ending.replace(/\.gz$/, '');
  const text = textOf(format, isSafe ? safe({ header, rows }) : { header, rows });
  return ending.endsWith('.gz') ? gzipSync(text) : text;
}

function textOf(format: string, { header, rows }: Cells): string {
  switch (format) {
    case '.tsv':
      return formatCsv(header, rows, { delimiter: '\t' });
    case '.json':
      return `${JSON.stringify(rows.map((row) => objectOf(header, row)))}\n`;
    case '.jsonl':
    case '.ndjson':
      return rows.map((row) => `${JSON.stringify(objectOf(header, row))}\n`).join('');
    default:
      return formatCsv(header, rows);
  }
}

function objectOf(header: readonly string[], row: readonly CsvCell[]): Record<string, CsvCell> {
  return Object.fromEntries(header.map((name, at) => [name, row[at] ?? null]));
}

function safe({ header, rows }: Cells): Cells {
  return {
    header: header.map((name) => String(spreadsheetSafe(name))),
    rows: rows.map((row) => row.map(spreadsheetSafe)),
  };
}
