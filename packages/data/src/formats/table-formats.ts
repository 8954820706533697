import { FormatError } from '@agop/core';
import { checkObject } from '@agop/core/options';
import { type Bytes, readBytes } from '../bytes/gunzip.ts';
import { type CsvOptions, csvFormat } from '../csv/csv.ts';
import { jsonFormat } from '../json/json.ts';
import { parquetFormat } from '../parquet/parquet.ts';
import type { TableFormat } from '../table/format.ts';
import type { Table } from '../table/table.ts';

/** Formats of tables, asked in this order. CSV takes what no other one recognizes. */
export const tableFormats: readonly TableFormat[] = [parquetFormat, jsonFormat, csvFormat];

/** Options of all formats of tables together. */
export type TableFileOptions = CsvOptions;

/**
 * Reads a table from the bytes of a file (gzip allowed) of one of the `formats`: the first that recognizes
 * it. By default Parquet, JSON (whole or by lines), CSV and TSV.
 *
 * @throws {FormatError} if it is damaged, or of no known format
 * @throws {ValueError} as the reader of the format, e.g. `readCsv`
 * @throws {OptionError} as the reader of the format
 */
export async function readTable(
  source: Bytes,
  options: TableFileOptions = {},
  formats: readonly TableFormat[] = tableFormats,
): Promise<Table> {
  checkObject('readTable()', options);
  const name = options.name ?? 'The table';
  const bytes = await readBytes(source, name);
  const head = bytes.subarray(0, 512);
  const format = formats.find((one) => one.recognize(head, name));
  if (format !== undefined) return format.read(bytes, { name, ...options });
  const known = formats.map((one) => one.name).join(', ');
  throw new FormatError(`${name} is not a table of a known format (${known}).`);
}
