import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OptionError, say, ValueError } from '@agop/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  findingsOf,
  formatCsv,
  parseCsv,
  readBytes,
  readIdx,
  TablePreprocessor,
  tableFrom,
  tableFromColumns,
} from '../src/index.ts';
import { parseJsonTable, readTableFile } from '../src/node.ts';

const expected = tableFromColumns({ size: [1.5, 2.5], town: ['a', 'b'] });
const data = { size: [1.5, 2.5], town: ['a', 'b'] } as const;

describe('tables of other programs', () => {
  test.each([
    ['columns', data],
    ['typed columns', { size: Float32Array.of(1.5, 2.5), town: ['a', 'b'] }],
    [
      'rows',
      [
        { size: 1.5, town: 'a' },
        { town: 'b', size: 2.5 },
      ],
    ],
    [
      'Arrow',
      {
        schema: { fields: [{ name: 'size' }, { name: 'town' }] },
        getChildAt: (i: number) => [data.size, data.town][i] ?? null,
      },
    ],
    [
      'polars',
      {
        columns: ['size', 'town'],
        getColumn: (name: string) => ({ toArray: () => data[name as 'size' | 'town'] }),
      },
    ],
    [
      'danfo',
      {
        columns: ['size', 'town'],
        values: [
          [1.5, 'a'],
          [2.5, 'b'],
        ],
      },
    ],
    [
      'arquero',
      { columnNames: () => ['size', 'town'], array: (name: string) => data[name as 'size' | 'town'] },
    ],
  ])('%s', (_, source) => {
    expect(tableFrom(source)).toEqual(expected);
  });

  test('names survive into the model, rows may lack cells, dates are dates', () => {
    const table = tableFrom([
      { day: new Date('2024-01-01'), y: 1 },
      { y: 2.5, note: 'x' },
      { day: new Date('2024-03-01'), y: 3 },
    ]);
    expect(table.columns.map(({ name, missing }) => [name, missing])).toEqual([
      ['day', 1],
      ['y', 0],
      ['note', 2],
    ]);
    expect(TablePreprocessor.fit(table, { target: 'y', ignore: ['note'] }).featureNames).toContain(
      'day:month',
    );
  });

  test('what is no table is said', () => {
    const value = expect.objectContaining({ code: 'VALUE' });
    expect(() => tableFrom([])).toThrow(value);
    expect(() => tableFrom({ a: [1, 2], b: [1] })).toThrow(/'b' has 1 values/);
    // @ts-expect-error a list of numbers is no table
    expect(() => tableFrom([1, 2])).toThrow(/Row 0 is no object/);
    // @ts-expect-error a cell is no object
    expect(() => tableFrom([{ a: {} }])).toThrow(/'a', row 0/);
    // @ts-expect-error nothing is no table
    expect(() => tableFrom(null)).toThrow(value);
  });
});

describe('JSON', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'agop-json-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    ['rows', '[{"size":1.5,"town":"a"},\n{"size":2.5,"town":"b"}]'],
    ['lines', '{"size":1.5,"town":"a"}\n{"size":2.5,"town":"b"}\n'],
    ['columns', ' {"size":[1.5,2.5],"town":["a","b"]}'],
    ['columns of pandas', '{"size":{"0":1.5,"1":2.5},"town":{"0":"a","1":"b"}}'],
    ['a split frame of pandas', '{"columns":["size","town"],"data":[[1.5,"a"],[2.5,"b"]]}'],
  ])('%s', async (_, text) => {
    const path = join(folder, 'table.json');
    await writeFile(path, text);
    expect((await readTableFile(path)).columns).toEqual(expected.columns);
  });

  test('texts are read as cells of CSV are', () => {
    const { columns } = parseJsonTable('[{"x":"1,5","d":"2024-01-01"},{"x":"2,5","d":null}]');
    expect(columns).toMatchObject([
      { kind: 'numeric', notation: 'decimal comma' },
      { notation: 'date YMD', missing: 1 },
    ]);
  });

  test('a text that only begins so, or is no table', async () => {
    expect(() => parseJsonTable('[{"x":1', { name: 'f' })).toThrow(/f begins as JSON, but is not/);
    expect(() => parseJsonTable('{"x":1}')).toThrow(/'x' is no list of values/);
    const path = join(folder, 'brackets.csv');
    await writeFile(path, '[a],b\n1,2\n');
    expect((await readTableFile(path)).columns.map(({ name }) => name)).toEqual(['[a]', 'b']);
  });
});

describe('findings', () => {
  const found = (columns: Parameters<typeof tableFromColumns>[0]) => {
    const table = tableFromColumns(columns);
    return findingsOf(table, new Set(Object.keys(columns))).map(({ code, column }) => [code, column]);
  };
  const rows = Array.from({ length: 40 }, (_, i) => i);

  test('identifiers', () => {
    expect(found({ id: rows.map((i) => 1000 + i) })).toEqual([['identifier', 'id']]);
    expect(found({ customer_id: rows.map((i) => (i * 7919) % 10007) })).toEqual([
      ['identifier', 'customer_id'],
    ]);
    expect(found({ name: rows.map((i) => `n${i}`) })).toEqual([['identifier', 'name']]);
    expect(found({ size: rows.map((i) => (i * 7919) % 10007), half: rows.map((i) => i / 2) })).toEqual([]);
  });

  test('cells that set the scale', () => {
    const normal = rows.map((i) => Math.sin(i * i));
    expect(found({ x: normal })).toEqual([]);
    expect(found({ x: normal.map((value, i) => (i === 3 ? 1e12 : value)) })).toEqual([['outlier', 'x']]);
    expect(found({ x: normal.map((value, i) => (i % 20 === 0 ? -999 : value)) })).toEqual([['outlier', 'x']]);
  });

  test('categories that differ in capital letters or blanks alone', () => {
    const towns = ['Rome', 'rome', 'New York', 'New  york', 'Paris'];
    const table = tableFromColumns({ town: rows.map((i) => towns[i % 5] as string) });
    const [note] = findingsOf(table, new Set(['town']));
    expect(note?.code).toBe('spellings');
    expect(say(note?.message ?? [])).toMatch(
      /^'Rome' and 'rome' of column 'town' .*, and 1 more word is written in several ways: spellings 'merge' takes them for one/,
    );
    expect(found({ town: rows.map((i) => ['Rome', 'Paris'][i % 2] as string) })).toEqual([]);
  });

  test('columns that are not features are not looked at', () => {
    expect(findingsOf(parseCsv(`id\n${rows.join('\n')}`), new Set())).toEqual([]);
  });
});

test('columns and rows that are not there take no memory', () => {
  const lie = { length: 1e9, 0: 1 };
  expect(() => tableFromColumns({ a: lie })).toThrow(/says that it has 1000000000 values/);
  const hollow = Object.assign([], { length: 2 ** 32 - 1 });
  expect(() => Reflect.apply(tableFrom, undefined, [{ a: hollow }])).toThrow(ValueError);
  for (const rows of [
    Object.assign([], { length: 5 }),
    [Object.assign([], { length: 2 ** 32 - 1 })],
    [[{}]],
  ]) {
    expect(() => Reflect.apply(formatCsv, undefined, [['a'], rows])).toThrow(OptionError);
  }
});

test('files with a name that is no text', async () => {
  for (const read of [readBytes, readIdx]) {
    await expect(Reflect.apply(read, undefined, [new Uint8Array(9), Symbol('odd')])).rejects.toThrow(
      OptionError,
    );
  }
});
