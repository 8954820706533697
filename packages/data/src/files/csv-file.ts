import type { CsvOptions } from '../csv/options.ts';
import { readCsv } from '../csv/read.ts';
import { type Folds, readFolds } from '../split/folds.ts';
import type { Table } from '../table/table.ts';
import { readFileBytes } from './read-file.ts';

/**
 * Reads a CSV file (gzip allowed).
 *
 * @throws {StorageError} if the file cannot be read
 * @throws {FormatError} {ValueError} {OptionError} as `readCsv`
 */
export async function readCsvFile(path: string, options: CsvOptions = {}): Promise<Table> {
  return readCsv(await readFileBytes(path), { name: path, ...options });
}

/**
 * Reads a folds file for a table of `rows` rows.
 *
 * @throws {StorageError} if the file cannot be read
 * @throws {FormatError} {ValueError} as `readFolds`
 */
export async function readFoldsFile(path: string, rows: number): Promise<Folds> {
  return readFolds(await readFileBytes(path), rows, path);
}
