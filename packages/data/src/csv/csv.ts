import { OptionError, ValueError } from '@agop/core';
import Papa from 'papaparse';
import { type Bytes, readBytes } from '../bytes/gunzip.ts';
import type { TableFormat, TableOptions } from '../table/format.ts';
import type { ColumnKind, Table } from '../table/table.ts';
import { ColumnBuilder } from './column-builder.ts';
import { namesFromHeader, numberedNames } from './header.ts';
import { detectDelimiter, forEachRecord } from './records.ts';
import { decodeText, normalizeText } from './text.ts';

/** How a CSV text is read. */
export interface CsvOptions extends TableOptions {
  /** Separator of cells. Default: detected among comma, semicolon, tab and `|`. */
  readonly delimiter?: string;
  /** Whether the first line names the columns. Default true; without, they are column1, column2, … */
  readonly header?: boolean;
  /** Decimal separator of numbers. Default `.`. */
  readonly decimal?: '.' | ',';
  /** Text encoding when bytes are read. Default: UTF-8, or what a byte order mark says. */
  readonly encoding?: string;
}

/** Cells that are read as missing unless `missing` says otherwise. */
export const defaultMissing: readonly string[] = [
  '',
  '?',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  'NaN',
  'nan',
  'NAN',
  'NULL',
  'null',
  'None',
];

/**
 * Reads CSV from bytes, which may be compressed with gzip.
 *
 * @throws {FormatError} if the bytes are damaged, or not text
 * @throws {ValueError} as {@link parseCsv}
 * @throws {OptionError} for an unknown encoding, and as {@link parseCsv}
 */
export async function readCsv(source: Bytes, options: CsvOptions = {}): Promise<Table> {
  const name = options.name ?? 'CSV';
  const bytes = await readBytes(source, name);
  return parseNormalized(decodeText(bytes, name, options.encoding), options, name);
}

/** CSV as a format of table files. It is the one of every file that no other format recognizes. */
export const csvFormat: TableFormat = { name: 'CSV', recognize: () => true, read: readCsv };

/**
 * Reads a CSV text into a table. Cells are trimmed. A column of which every cell that is not missing is a
 * number is numeric, any other one categorical, unless `options.types` says otherwise. Empty lines are
 * skipped.
 *
 * @throws {ValueError} if there is no row, a row has more or fewer cells than the header, two columns have
 *   the same name, a column declared numeric has other text, or a column of numbers has a few cells of text
 * @throws {FormatError} if the text is not CSV
 * @throws {OptionError} if cells and decimals are separated by the same character
 */
export function parseCsv(text: string, options: CsvOptions = {}): Table {
  const name = options.name ?? 'CSV';
  return parseNormalized(normalizeText(text, name), options, name);
}

function parseNormalized(text: string, options: CsvOptions, name: string): Table {
  if (text.trim() === '')
    throw new ValueError(`${name} is empty. A header line and at least one row are needed.`);
  const decimal = options.decimal ?? '.';
  const delimiter = options.delimiter ?? detectDelimiter(text, decimal);
  if (delimiter === decimal) {
    throw new OptionError(
      'decimal',
      `'${decimal}' cannot separate both cells and decimals. Name the delimiter.`,
    );
  }
  const scan = { text, delimiter, decimal, name, options } as const;
  const { builders, lines } = scanColumns(scan, options.types ?? {});
  const mixed = builders.filter((builder) => builder.mixed);
  for (const builder of mixed) builder.assertNotSuspicious();
  const asText = Object.fromEntries(mixed.map((builder) => [builder.name, 'categorical' as const]));
  const again =
    mixed.length === 0 ? builders : scanColumns(scan, { ...options.types, ...asText }, asText).builders;
  const second = new Map(again.map((builder) => [builder.name, builder]));
  const columns = builders.map((builder) => (second.get(builder.name) ?? builder).build());
  return { rows: lines.length, columns, lines: Int32Array.from(lines) };
}

interface Scan {
  readonly text: string;
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  readonly name: string;
  readonly options: CsvOptions;
}

/**
 * One pass over the text. Columns are stored typed while reading; only the (rare) mixed ones need a second
 * pass, which then collects nothing but those in `only`.
 */
function scanColumns(
  scan: Scan,
  types: Readonly<Record<string, ColumnKind>>,
  only?: Readonly<Record<string, ColumnKind>>,
): { builders: ColumnBuilder[]; lines: number[] } {
  const missing = new Set(scan.options.missing ?? defaultMissing);
  const hasHeader = scan.options.header ?? true;
  let names: string[] | undefined;
  let builders: (ColumnBuilder | undefined)[] = [];
  const lines: number[] = [];
  forEachRecord(scan.text, scan.delimiter, scan.name, ({ cells, line }) => {
    if (names === undefined) {
      names = hasHeader ? namesFromHeader(cells, scan.name) : numberedNames(cells.length);
      builders = names.map((name) =>
        only === undefined || Object.hasOwn(only, name)
          ? new ColumnBuilder(name, Object.hasOwn(types, name) ? types[name] : undefined, scan.decimal)
          : undefined,
      );
      if (hasHeader) return;
    }
    if (cells.length !== names.length)
      throw raggedRow(scan.name, line, lines.length, cells.length, names.length);
    for (const [i, builder] of builders.entries()) {
      if (builder === undefined) continue;
      const text = (cells[i] as string).trim();
      builder.add(missing.has(text) ? null : text, line);
    }
    lines.push(line);
  });
  if (lines.length === 0) throw new ValueError(`${scan.name} has a header line but no rows.`);
  return { builders: builders.filter((builder) => builder !== undefined), lines };
}

function raggedRow(name: string, line: number, row: number, cells: number, columns: number): ValueError {
  return new ValueError(
    `${name}, line ${line}: ${cells} ${cells === 1 ? 'cell' : 'cells'}, but there are ${columns} columns. ` +
      'Put a cell that contains the separator between quotes.',
    { row },
  );
}

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
