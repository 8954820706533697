import { FormatError, ValueError } from '@agop/core';
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet';
import { tableOfCells } from '../cells/table-of-cells.ts';
import { checkTableOptions, type TableFormat, type TableOptions } from '../table/format.ts';
import type { Table } from '../table/table.ts';

/** Parquet as a format of table files. Its reader is loaded with the first file. */
export const parquetFormat: TableFormat = {
  name: 'Parquet',
  recognize: (head) => String.fromCharCode(...head.subarray(0, 4)) === 'PAR1',
  read: readParquet,
};

/** More cells than these are refused before they take memory. */
const mostCells = 50_000_000;

/**
 * Reads a table from a Parquet file, compressed or not. Its cells are read as those of CSV are: numbers,
 * texts, dates as their days, booleans as texts; lists and structures as their JSON.
 *
 * @throws {FormatError} if the bytes are damaged, or not Parquet
 * @throws {ValueError} without rows, for more than 50 million cells, and as `parseCsv`
 * @throws {OptionError} for options of another kind
 */
async function readParquet(bytes: Uint8Array, options: TableOptions): Promise<Table> {
  const { types, kept, missing, name = 'Parquet' } = options;
  // What only other formats know says nothing here.
  checkTableOptions('readTable()', { types, kept, missing, name });
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const file: AsyncBuffer = {
    byteLength: bytes.byteLength,
    slice: (start, end) => Uint8Array.from(bytes.subarray(start, end)).buffer,
  };
  const damaged = (cause: unknown): never => {
    // What the reader stumbled on says nothing to people; what it found, does.
    const isStumble = cause instanceof TypeError || cause instanceof RangeError;
    const reason = isStumble ? '' : `: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new FormatError(`${name} is damaged, or no Parquet file that can be read${reason}.`, { cause });
  };
  const metadata = await parquetMetadataAsync(file).catch(damaged);
  const names = columnNames(metadata);
  const rows = Number(metadata.num_rows);
  if (rows * names.length > mostCells) {
    throw new ValueError(
      `${name} has ${rows} rows of ${names.length} columns, more than ${mostCells} cells. Write fewer rows, or the columns that are needed.`,
    );
  }
  const objects = await parquetReadObjects({ file, metadata, compressors: await codecs() }).catch(damaged);
  const columns = names.map((column) => objects.map((row): unknown => row[column]));
  return tableOfCells({ names, columns, cellText }, options, name);
}

/** Names of the columns, nested ones as one. */
function columnNames({ schema }: FileMetaData): string[] {
  const names: string[] = [];
  let at = 1;
  const width = (): number => {
    const children = schema[at++]?.num_children ?? 0;
    let own = 1;
    for (let i = 0; i < children; i++) own += width();
    return own;
  };
  while (at < schema.length) {
    names.push(schema[at]?.name ?? '');
    width();
  }
  return names;
}

async function codecs(): Promise<Compressors> {
  const own = await import('hyparquet-compressors');
  // Snappy is in the reader itself; that of this package would compile WebAssembly.
  return {
    GZIP: own.decompressGzip,
    BROTLI: own.decompressBrotli,
    ZSTD: (input) => own.decompressZstd(input),
    LZ4: own.decompressLz4,
    LZ4_RAW: own.decompressLz4Raw,
  };
}

function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return dateText(value);
  if (typeof value !== 'object') return String(value).trim();
  const plain = (_: string, inside: unknown): unknown =>
    typeof inside === 'bigint' ? String(inside) : inside;
  return JSON.stringify(value, plain) ?? null;
}

/** A date as a day, with the time where it is not midnight; null for one that is none. */
function dateText(date: Date): string | null {
  if (Number.isNaN(date.getTime())) return null;
  const [day = '', time = ''] = date.toISOString().split('T');
  return time.startsWith('00:00:00.000') ? day : `${day} ${time.slice(0, 8)}`;
}
