import { type CsvOptions, formatCsv, parseCsv, readCsv, type Table } from '@agop/data';
import * as fc from 'fast-check';
import { type ByteInput, bytesOf, changedFiles } from '../inputs/bytes.ts';
import { checkTable } from '../inputs/check-table.ts';
import { tableText, texts } from '../inputs/tables.ts';
import type { Target } from '../target.ts';
import { demand } from '../verdict.ts';

interface CsvInput {
  readonly file: ByteInput;
  readonly options: CsvOptions;
}

const files = Object.fromEntries(
  Object.entries(texts).map(([name, text]) => [name, () => new TextEncoder().encode(text)]),
);

const words = [
  ...[',', ';', '\t', '"', '""', '\r\n', '\n', '\r', '\uFEFF', '\u001a', '\0', '#', 'sep=;\n', '\n\n', ' '],
  ...[
    'NA',
    'nan',
    '-inf',
    '1e999',
    '1,234.5',
    '1.234,5',
    '€ 5',
    '50 %',
    '2020-01-02',
    '12:30',
    '−5',
    '1e',
    '__proto__',
  ],
  ...['=1+1', '\u001b[31m', '\u{1F600}', '"a\n"', '[{"a":', 'PAR1', '0x10', '१२', '1_000', "1'000"],
];

/** CSV files whose bytes have been changed, and odd tables, read with all kinds of options. */
export const csv: Target<CsvInput> = {
  name: 'csv',
  inTests: 2500,
  about:
    'readCsv: CSV and TSV, gzipped or not, of changed bytes and odd notations; what is written is read again',
  inputs: fc.record({
    file: fc.oneof(
      changedFiles(Object.keys(files), words),
      tableText.map((text): ByteInput => ({ base64: Buffer.from(text).toString('base64') })),
    ),
    options: fc.record(
      {
        delimiter: fc.constantFrom(',', ';', '\t', ' ', '|', '"', 'é'),
        header: fc.boolean(),
        decimal: fc.constantFrom('.' as const, ',' as const),
        encoding: fc.constantFrom('utf-8', 'windows-1252', 'utf-16le', 'latin1', 'nonsense'),
        missing: fc.constantFrom([], ['NA'], ['', '1']),
      },
      { requiredKeys: [] },
    ),
  }),
  refusals: ['FORMAT', 'VALUE', 'OPTION'],
  run: async ({ file, options }) => {
    const table = await readCsv(await bytesOf(file, files), options);
    checkTable(table);
    checkRewritten(table);
    return 'read';
  },
  fixed: async ({ file, options }) => ({
    file: { base64: Buffer.from(await bytesOf(file, files)).toString('base64') },
    options,
  }),
};

/** Texts of columns survive writing and reading. */
function checkRewritten(table: Table): void {
  const { rows, columns } = table;
  const header = columns.map(({ name }) => name);
  // Documented of `formatCsv`: one name alone that looks like a comment, or like `sep=;`, is read as one.
  if (header.length === 1 && /^\s*(?:#|%|\/\/|sep=.)/i.test(header[0] ?? '')) return;
  const cells = Array.from({ length: rows }, (_, row) =>
    columns.map((column) => {
      if (column.kind === 'numeric')
        return Number.isNaN(column.values[row]) ? null : (column.values[row] ?? null);
      return (column.codes[row] ?? -1) < 0 ? null : (column.categories[column.codes[row] ?? 0] ?? null);
    }),
  );
  const types = Object.fromEntries(columns.map(({ name, kind }) => [name, kind]));
  const again = parseCsv(formatCsv(header, cells), { types, delimiter: ',', decimal: '.', missing: [''] });
  demand(again.rows === rows, 'round trip', `${rows} rows are written, ${again.rows} read again.`);
  for (const [i, column] of columns.entries()) {
    const other = again.columns[i];
    demand(
      other?.name === column.name,
      'round trip',
      `Column '${column.name}' comes back as '${other?.name}'.`,
    );
    if (column.kind !== 'numeric' || other?.kind !== 'numeric') continue;
    const differs = column.values.findIndex(
      (value, row) => !Object.is(value + 0, (other.values[row] ?? 0) + 0),
    );
    demand(differs < 0, 'round trip', `${column.values[differs]} comes back as ${other.values[differs]}.`);
  }
}
