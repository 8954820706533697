import { tableFormats } from '@agop/data/node';
import * as fc from 'fast-check';
import { type ByteInput, bytesOf, changedFiles } from '../inputs/bytes.ts';
import { checkTable } from '../inputs/check-table.ts';
import { editJson, type JsonEdit, jsonEdits } from '../inputs/json.ts';
import type { Target } from '../target.ts';

type Input =
  | { readonly file: ByteInput; readonly format: string }
  | { readonly json: string; readonly edits: readonly JsonEdit[] };

const rows = [
  { a: 1, b: 'x', c: null, d: true, e: '2020-01-31' },
  { a: 2.5, b: 'y', c: 3, d: false, e: '2021-02-28' },
  { a: -1, b: 'x', c: 4, d: true, e: '1999-12-31' },
];
const jsons: Readonly<Record<string, unknown>> = {
  rows,
  columns: { a: [1, 2, 3], b: ['x', null, 'z'] },
  split: {
    columns: ['a', 'b'],
    index: [0, 1],
    data: [
      [1, 'x'],
      [2, 'y'],
    ],
  },
  indexed: { a: { 0: 1, 1: 2 }, b: { 0: 'x', 1: 'y' } },
};

const files: Readonly<Record<string, () => Uint8Array>> = {
  ...Object.fromEntries(
    Object.entries(jsons).map(([name, json]) => [name, () => new TextEncoder().encode(JSON.stringify(json))]),
  ),
  lines: () => new TextEncoder().encode(rows.map((row) => JSON.stringify(row)).join('\n')),
};

const words = [
  '{',
  '}',
  '[',
  ']',
  '":',
  ',',
  'null',
  '1e999',
  '"',
  '\\u0000',
  '\n',
  '{"a":1}',
  '"__proto__":',
  '[[[[',
];

/** Files of every format of tables, as the reader of each format takes them. */
export const otherTables: Target<Input> = {
  name: 'other-tables',
  inTests: 4000,
  about: 'every format of readTableFile: changed bytes, changed JSON values',
  inputs: fc.oneof(
    fc.record({
      file: changedFiles(Object.keys(files), words),
      format: fc.constantFrom(...tableFormats.map(({ name }) => name)),
    }),
    fc.record({ json: fc.constantFrom(...Object.keys(jsons)), edits: jsonEdits }),
  ),
  refusals: ['FORMAT', 'VALUE', 'OPTION'],
  run: async (input) => {
    const isJson = 'json' in input;
    const bytes = isJson
      ? new TextEncoder().encode(JSON.stringify(input.edits.reduce(editJson, jsons[input.json])))
      : await bytesOf(input.file, files);
    const name = isJson ? 'JSON' : input.format;
    const format = tableFormats.find((one) => one.name === name);
    format?.recognize(bytes.subarray(0, 512), 'table');
    const table = await format?.read(bytes, {});
    if (table !== undefined) checkTable(table);
    return `${name} read`;
  },
  fixed: async (input) =>
    'json' in input
      ? input
      : {
          file: { base64: Buffer.from(await bytesOf(input.file, files)).toString('base64') },
          format: input.format,
        },
};
