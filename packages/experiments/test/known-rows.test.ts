import { say } from '@agop/core';
import { type Table, tableFromColumns } from '@agop/data';
import { expect, test } from 'vitest';
import { freshRows, isBeyondChance } from '../src/tabular/known-rows.ts';

/** Rows `from` to `to` of a table whose rows all differ. */
const numbered = (from: number, to: number): Table => {
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  return tableFromColumns({
    a: rows.map((row) => Math.sin(row)),
    kind: rows.map((row) => ['red', 'green'][row % 2] as string),
    y: rows.map((row) => row % 7),
  });
};
const parts = { features: ['a', 'kind'], targets: ['y'], option: 'test' } as const;

/** Two yes-or-no columns and a class that depends on them, most of the time. */
const binary = (rows: number, seed: number): Table => {
  const bit = (row: number, k: number): number =>
    Math.floor(Math.abs(Math.sin((row + seed) * 12.9 + k)) * 1e4) & 1;
  const all = Array.from({ length: rows }, (_, row) => row);
  return tableFromColumns({
    a: all.map((row) => bit(row, 1)),
    b: all.map((row) => bit(row, 2)),
    y: all.map((row) => (bit(row, 1) ^ Number(row % 9 === 0) ? 'up' : 'down')),
  });
};

test('copies are left out, whatever stands beside them', () => {
  const { held, known, notes } = freshRows({ ...parts, training: numbered(0, 50), held: numbered(40, 70) });
  expect([held.rows, known]).toEqual([20, 10]);
  expect(notes.map(({ message }) => say(message))).toEqual([
    '10 of the 30 test rows are also in the table that the model learns from, and are left out: the test is on the other 20.',
  ]);
  const none = freshRows({ ...parts, training: numbered(0, 50), held: numbered(50, 70) });
  expect(none).toMatchObject({ known: 0, notes: [] });
  expect(() => freshRows({ ...parts, training: numbered(0, 50), held: numbered(9, 12) })).toThrow(
    /^All 3 test rows are also in the table/,
  );
});

test('a row with another answer is no copy', () => {
  const training = numbered(0, 50);
  const held = tableFromColumns({ a: [Math.sin(3)], kind: ['green'], y: [5] });
  expect(freshRows({ ...parts, training, held }).known).toBe(0);
});

test('rows of few different features stay, with a word', () => {
  const rows = { training: binary(200, 0), held: binary(60, 1000), features: ['a', 'b'], targets: ['y'] };
  const { held, known, notes } = freshRows({ ...rows, option: 'validation' });
  expect([held.rows, known]).toEqual([60, 0]);
  expect(notes).toMatchObject([{ code: 'recurring-validation-rows' }]);
  expect(say(notes[0]?.message ?? '')).toMatch(
    /^60 of the 60 validation rows are like rows of the table.*they stay\.$/,
  );
});

test('some rows that recur hide no copies of many', () => {
  // Rows of which a tenth are twins, and a test that is a copy of a part.
  const first = numbered(0, 45);
  const twice = tableFromColumns({
    ...Object.fromEntries(
      ['a', 'kind', 'y'].map((name) => {
        const column = first.columns.find((one) => one.name === name);
        const cells =
          column?.kind === 'numeric'
            ? Array.from(column.values)
            : Array.from(column?.codes ?? [], (code) => column?.categories[code] as string);
        return [name, [...cells, ...cells.slice(0, 3)]];
      }),
    ),
  });
  expect(freshRows({ ...parts, training: twice, held: numbered(30, 60) }).known).toBe(15);
});

test('what chance gives', () => {
  const fifth = [
    ['x', 'x', 'a', 'b', 'c'],
    ['d', 'e', 'f', 'g', 'a'],
  ];
  expect(isBeyondChance(1, 100, [['x', 'y'], ['x']])).toBe(true);
  expect(isBeyondChance(20, 100, fifth)).toBe(false);
  expect(isBeyondChance(33, 100, fifth)).toBe(true);
  expect(isBeyondChance(100, 100, [['x', 'x']])).toBe(false);
  expect(isBeyondChance(1, 3, [])).toBe(true);
});
