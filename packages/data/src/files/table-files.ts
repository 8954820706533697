import { FormatError } from '@agop/core';
import { checkObject } from '@agop/core/options';
import { readBytes } from '../bytes/gunzip.ts';
import { type CsvOptions, csvFormat } from '../csv/csv.ts';
import { jsonFormat } from '../json/json.ts';
import type { TableFormat } from '../table/format.ts';
import type { Table } from '../table/table.ts';
import { readFileBytes } from './read-file.ts';

/** Formats of tables, asked in this order. CSV takes what no other one recognizes. */
export const tableFormats: readonly TableFormat[] = [jsonFormat, csvFormat];

/** Options of all formats of tables together. */
export type TableFileOptions = CsvOptions;

/**
 * Reads a table from a file (gzip allowed) of one of the `formats`: the first that recognizes it.
 *
 * @throws {StorageError} if the file cannot be read
 * @throws {FormatError} if it is damaged, or of no known format
 * @throws {ValueError} as the reader of the format, e.g. `readCsv`
 * @throws {OptionError} as the reader of the format
 */
export async function readTableFile(
  path: string,
  options: TableFileOptions = {},
  formats: readonly TableFormat[] = tableFormats,
): Promise<Table> {
  checkObject('readTableFile()', options);
  const bytes = await readBytes(await readFileBytes(path), path);
  const head = bytes.subarray(0, 512);
  const format = formats.find((one) => one.recognize(head, path));
  if (format !== undefined) return format.read(bytes, { name: path, ...options });
  const known = formats.map(({ name }) => name).join(', ');
  throw new FormatError(`${path} is not a table of a known format (${known}).`);
}
