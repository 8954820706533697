import { OptionError, ValueError, wording } from '@agop/core';
import { checkChoice, checkList, checkMembers } from '@agop/core/options';
import Papa from 'papaparse';
import { type Bytes, readBytes } from '../bytes/gunzip.ts';
import type { ColumnBuilder } from '../cells/column-builder.ts';
import { defaultMissing } from '../cells/missing.ts';
import { readColumns } from '../cells/read-columns.ts';
import { checkTableOptions, type TableFormat, type TableOptions } from '../table/format.ts';
import type { TableNote } from '../table/note.ts';
import type { Table } from '../table/table.ts';
import { refuseForeign } from './foreign.ts';
import { namesFromHeader, numberedNames } from './header.ts';
import { commentLine, isComment, readPreamble } from './preamble.ts';
import { type CsvRecord, detectDelimiter, forEachRecord, tabsForBlanks } from './records.ts';
import { decodeText, normalizeText } from './text.ts';

/** How a CSV text is read. */
export interface CsvOptions extends TableOptions {
  /** Separator of cells. Default: detected among comma, semicolon, tab, `|` and runs of blanks. */
  readonly delimiter?: string;
  /** Whether the first line names the columns. Default true; without, they are column1, column2, … */
  readonly header?: boolean;
  /** Decimal separator of numbers. Default: what the numbers of the file show. */
  readonly decimal?: '.' | ',';
  /** Text encoding when bytes are read. Default: what a byte order mark says, UTF-8, or else windows-1252. */
  readonly encoding?: string;
}

/**
 * Reads CSV from bytes, which may be compressed with gzip.
 *
 * @throws {FormatError} if the bytes are damaged, or not text
 * @throws {ValueError} as {@link parseCsv}
 * @throws {OptionError} for an unknown encoding, and as {@link parseCsv}
 */
export async function readCsv(source: Bytes, options: CsvOptions = {}): Promise<Table> {
  checkCsvOptions('readCsv()', options);
  const name = options.name ?? 'CSV';
  const bytes = await readBytes(source, name);
  refuseForeign(bytes, name);
  const { text, notes } = decodeText(bytes, name, options.encoding);
  return parseNormalized(text, options, name, notes);
}

/** CSV as a format of table files. It is the one of every file that no other format recognizes. */
export const csvFormat: TableFormat = { name: 'CSV', recognize: () => true, read: readCsv };

/**
 * Reads a CSV text into a table. Cells are trimmed.
 *
 * - A column of which every cell that is not missing is a number, a date or a time of day as people write
 *   them is numeric (thousands separators, decimal commas, currencies, percents and units are understood);
 *   any other one is categorical, unless `options.types` says otherwise. What was guessed is in the `notes`
 *   of the table.
 * - No rows are: blank lines, comments (`#`, `%`, `//`) before the header or of another number of cells, a
 *   line `sep=;`, and rows at the end whose cells are all empty.
 * - A second column of the same name `x` is `x_2`; a column without a name is `column1`, … by its position.
 *
 * @throws {ValueError} if there is no row, a row has more or fewer cells than the header, a column declared
 *   numeric has other text, a column of numbers has a few cells of text, or there are more than 100,000
 *   columns
 * @throws {FormatError} if the text is not CSV
 * @throws {OptionError} if cells and decimals are separated by the same character, for unknown options, and
 *   for values of another kind
 */
export function parseCsv(text: string, options: CsvOptions = {}): Table {
  checkCsvOptions('parseCsv()', options);
  const name = options.name ?? 'CSV';
  return parseNormalized(normalizeText(text, name), options, name, []);
}

/** @throws {OptionError} for unknown options, and values of another kind */
function checkCsvOptions(what: string, options: CsvOptions): void {
  checkTableOptions(what, options, {
    ...{ delimiter: 'text?', header: 'flag?', decimal: 'text?', encoding: 'text?' },
  });
  if (options.decimal !== undefined) checkChoice('decimal', options.decimal, ['.', ',']);
}

function parseNormalized(
  whole: string,
  options: CsvOptions,
  name: string,
  told: readonly TableNote[],
): Table {
  const preamble = readPreamble(whole);
  let text = whole.slice(preamble.length);
  if (text.trim() === '') {
    throw new ValueError(`${name} is empty. A header line and at least one row are needed.`);
  }
  const { decimal, types = {} } = options;
  let delimiter = options.delimiter ?? preamble.delimiter ?? detectDelimiter(text, decimal);
  if (delimiter === decimal) {
    throw new OptionError(
      'decimal',
      `'${decimal}' cannot separate both cells and decimals. Name the delimiter.`,
    );
  }
  if (delimiter === ' ' && !text.includes('"')) [text, delimiter] = [tabsForBlanks(text), '\t'];
  const file: CsvFile = {
    text,
    delimiter,
    name,
    firstLine: preamble.lines + 1,
    hasHeader: options.header ?? true,
  };
  const { names, notes: nameNotes } = readNames(file);
  const missing = options.missing === undefined ? usualMissing : new Set(options.missing);
  const kept = names.map((column) => new Set(ownOf(options.kept, column)));
  const scan = { file, width: names.length, missing, kept };
  let counts: Scanned | undefined;
  const { columns, notes } = readColumns({
    names,
    types,
    spelled: options.spelled ?? [],
    decimal,
    usualDecimal: delimiter === ';' ? ',' : '.',
    feed: (builders) => {
      counts = scanRows(scan, builders);
    },
  });
  const { lines = [], comments = 0, blank = 0, between = 0 } = counts ?? {};
  const skipped = [
    [preamble.comments + comments, 'comment-lines', 'a comment', 'comments'],
    [between, 'blank-lines', 'a blank one between rows', 'blank ones between rows'],
    [blank, 'empty-rows', 'a row without any value at the end', 'rows without any value at the end'],
  ] as const;
  return {
    rows: lines.length,
    columns,
    lines: Int32Array.from(lines),
    notes: [
      ...told,
      ...nameNotes,
      ...skipped.flatMap(([count, code, one, many]): TableNote[] =>
        count === 0
          ? []
          : [
              {
                code,
                message: wording`${count} ${count === 1 ? 'line is' : 'lines are'} left out: ${count === 1 ? one : many}.`,
              },
            ],
      ),
      ...notes,
    ],
  };
}

const usualMissing: ReadonlySet<string> = new Set(defaultMissing);

function ownOf<T>(record: Readonly<Record<string, readonly T[]>> | undefined, name: string): readonly T[] {
  return record !== undefined && Object.hasOwn(record, name) ? (record[name] ?? []) : [];
}

interface CsvFile {
  readonly text: string;
  readonly delimiter: string;
  readonly name: string;
  readonly firstLine: number;
  readonly hasHeader: boolean;
}

function readNames({
  text,
  delimiter,
  name,
  firstLine,
  hasHeader,
}: CsvFile): ReturnType<typeof namesFromHeader> {
  let first: readonly string[] = [];
  forEachRecord(
    text,
    delimiter,
    name,
    ({ cells }) => {
      first = cells;
      return false;
    },
    firstLine,
  );
  return hasHeader ? namesFromHeader(first, name) : { names: numberedNames(first.length, name), notes: [] };
}

interface Scan {
  readonly file: CsvFile;
  readonly width: number;
  readonly missing: ReadonlySet<string>;
  readonly kept: readonly ReadonlySet<string>[];
}

interface Scanned {
  readonly lines: readonly number[];
  readonly comments: number;
  /** Rows at the end without any value, which are no rows. */
  readonly blank: number;
  /** Blank lines between rows, which are none either. */
  readonly between: number;
}

/** One pass over the rows. */
function scanRows(
  { file, width, missing, kept }: Scan,
  builders: readonly (ColumnBuilder | undefined)[],
): Scanned {
  const lines: number[] = [];
  let [comments, between] = [0, 0];
  let isFirst = file.hasHeader;
  let blank: number[] = [];
  const add = (cells: readonly string[], line: number): void => {
    for (let i = 0; i < width; i++) {
      const cell = (cells[i] ?? '').trim();
      if (missing.has(cell) && !kept[i]?.has(cell)) builders[i]?.addMissing(cell);
      else builders[i]?.add(cell, line);
    }
    lines.push(line);
  };
  const visit = ({ cells, line, quoted, blankBefore }: CsvRecord): undefined => {
    if (isFirst) {
      isFirst = false;
      return;
    }
    if (lines.length > 0) between += blankBefore;
    if (isComment(cells, width)) {
      comments += 1;
      return;
    }
    const isTooLong = cells.length > width && cells.slice(width).some((cell) => cell.trim() !== '');
    if (cells.length < width || isTooLong)
      throw raggedRow(file.name, line, lines.length, cells.length, width);
    if (!quoted && width > 1 && cells.every((cell) => cell.trim() === '')) {
      blank.push(line);
      return;
    }
    for (const at of blank) add([], at);
    blank = [];
    add(cells, line);
  };
  forEachRecord(file.text, file.delimiter, file.name, visit, file.firstLine);
  if (lines.length === 0) throw new ValueError(`${file.name} has a header line but no rows.`);
  return { lines, comments, blank: blank.length, between };
}

function raggedRow(name: string, line: number, row: number, cells: number, columns: number): ValueError {
  const hint =
    columns === 1
      ? 'Is the first line a title, or the separator another one? Remove the line, or name the separator.'
      : 'Put a cell that contains the separator between quotes.';
  return new ValueError(
    wording`${name}, line ${line}: ${cells} ${cells === 1 ? 'cell' : 'cells'}, but there ${columns === 1 ? 'is 1 column' : `are ${columns} columns`}. ${hint}`,
    { row },
  );
}

/** A cell to be written: numbers are printed so that they read back exactly; null is an empty cell. */
export type CsvCell = string | number | boolean | null;

function isCell(value: unknown): boolean {
  return (
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  );
}

/** Options of {@link formatCsv}. */
export interface CsvFormatOptions {
  /** One character between cells, such as a tab. Default: a comma. */
  readonly delimiter?: string;
}

/**
 * CSV text (RFC 4180 quoting, line feeds) with a header line. Where there is one column and its name
 * begins with `#`, `%` or `//`, `parseCsv` takes that line for a comment; one such as `sep=;` names the
 * separator.
 *
 * @param header names of the columns
 * @param rows one list of cells per row, as long as `header`
 * @throws {OptionError} for names that are no texts, rows that are no lists of cells, and a delimiter that is
 *   none
 */
export function formatCsv(
  header: readonly string[],
  rows: Iterable<readonly CsvCell[]>,
  options: CsvFormatOptions = {},
): string {
  checkMembers('formatCsv()', { header }, { header: 'texts' });
  checkMembers('formatCsv()', options, { delimiter: 'text?' });
  const { delimiter = ',' } = options;
  if (!/^[^\s"\r\n]$|^\t$/.test(delimiter)) {
    throw new OptionError('delimiter', {
      requirement: 'be one character, no blank or quote',
      received: delimiter,
    });
  }
  const data: (readonly CsvCell[])[] = [];
  for (const row of rows) data.push(checkList('rows', row, 'cells', isCell));
  const isBlank = data.map((row) => row.every((cell) => cell === null || cell === ''));
  // A name that begins as a comment stands between quotes.
  const isQuoted = header.map((name, i) => i === 0 && commentLine.test(name));
  const names = Papa.unparse([[...header]], {
    newline: '\n',
    delimiter,
    ...(isQuoted[0] && { quotes: isQuoted }),
  });
  if (!isBlank.includes(true)) {
    const lines = Papa.unparse({ fields: [...header], data }, { newline: '\n', delimiter, header: false });
    return lines === '' ? `${names}\n` : `${names}\n${lines}\n`;
  }
  // A line without anything in its cells is read as no row: there, the first cell is a quoted empty one.
  const parts = data.map((row, i) =>
    isBlank[i]
      ? `""${delimiter.repeat(Math.max(0, header.length - 1))}`
      : Papa.unparse([[...row]], { newline: '\n', delimiter }),
  );
  return `${[names, ...parts].join('\n')}\n`;
}
