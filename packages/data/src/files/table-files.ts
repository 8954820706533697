import { checkObject } from '@agop/core/options';
import { readTable, type TableFileOptions, tableFormats } from '../formats/table-formats.ts';
import type { TableFormat } from '../table/format.ts';
import type { Table } from '../table/table.ts';
import { readFileBytes } from './read-file.ts';

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
  return readTable(await readFileBytes(path), { name: path, ...options }, formats);
}
