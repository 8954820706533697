import { describe, expect, test } from 'vitest';
import { type PreprocessOptions, parseCsv, TablePreprocessor, tableFromColumns } from '../src/index.ts';

const table = tableFromColumns({
  size: [1, 2, 2, 1000, null, 4],
  kind: ['b', 'a', 'b', 'c', 'd', null],
  code: ['10', '9', '9', '10', '2', '2'],
  y: [1.5, 2, 3, 4, 5, 6],
});

function columns(options: Omit<PreprocessOptions, 'target'>, rows = table): Record<string, number[]> {
  const fitted = TablePreprocessor.fit(table, { target: 'y', ...options });
  // What travels in a model file is all that it knows.
  const again = TablePreprocessor.fromJSON(JSON.parse(JSON.stringify(fitted)));
  const { data, shape } = again.transform(rows);
  const values = again.featureNames.map((name, j) => [
    name,
    Array.from({ length: shape[0] }, (_, row) => data[row * shape[1] + j] as number),
  ]);
  return Object.fromEntries(values);
}

describe('numbers', () => {
  test('by ranks: equal values share theirs, far ones are as near as others, missing ones are in the middle', () => {
    const { size = [] } = columns({ scale: 'uniform ranks' });
    const ranks = [0.1, 0.4, 0.4, 0.9, 0.7];
    const mean = ranks.reduce((a, b) => a + b) / 5;
    const deviation = Math.sqrt(ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0) / 5);
    const expected = ranks.map((rank) => (rank - mean) / deviation);
    expect(size.filter((_, row) => row !== 4)).toEqual(expected.map((value) => expect.closeTo(value, 12)));
    expect(size[4]).toBeCloseTo(0, 12);
  });

  test('by ranks to the normal distribution: a normal column stays as it is', () => {
    const given = Array.from({ length: 2001 }, (_, i) => (i - 1000) / 400);
    const normal = given.map((u) => Math.sinh(u));
    const wide = tableFromColumns({ x: normal, y: given.map((u) => u ** 2) });
    const ranked = TablePreprocessor.fit(wide, { target: 'y', scale: 'normal ranks' }).transform(wide).data;
    // The middle and the upper quartile of a standard normal distribution.
    expect(ranked[1000]).toBeCloseTo(0, 2);
    expect(ranked[1500]).toBeCloseTo(0.6745, 2);
    expect(ranked[1950]).toBeCloseTo(1.96, 1);
  });

  test('further numbers lie between those of the fit, or at their ends', () => {
    const rows = tableFromColumns({ size: [-5, 3, 5000], kind: ['a', 'a', 'a'], code: ['9', '9', '9'] });
    const { size = [] } = columns({ scale: 'normal ranks' }, rows);
    const known = columns({ scale: 'normal ranks' })['size'] ?? [];
    expect(size[0]).toBe(known[0]);
    expect(size[1]).toBeCloseTo(((known[1] ?? 0) + (known[5] ?? 0)) / 2, 12);
    expect(size[2]).toBe(known[3]);
  });

  test('by the largest value', () => {
    expect(columns({ scale: 'largest' })['size']?.slice(0, 4)).toEqual([0.001, 0.002, 0.002, 1]);
  });

  test('a column of its own tells missing ones', () => {
    const encoded = columns({ missing: 'indicator' });
    expect(encoded['size=(missing)']).toEqual([0, 0, 0, 0, 1, 0]);
    expect(encoded['code=(missing)']).toBeUndefined();
  });
});

describe('categories', () => {
  test('as ordinal codes: numbers by value, then texts; missing ones are in the middle', () => {
    const { kind = [], code = [] } = columns({ categories: 'ordinal', categorical: ['code'] });
    expect(code[0]).toBeGreaterThan(code[1] as number);
    expect(code[1]).toBeGreaterThan(code[4] as number);
    expect(kind[1]).toBeLessThan(kind[0] as number);
    expect(kind[5]).toBe(0);
  });

  test('an unknown one is an error, or in the middle', () => {
    const rows = parseCsv('size,kind,code\n1,zzz,9\n');
    expect(() => columns({ categories: 'ordinal' }, rows)).toThrow(
      expect.objectContaining({ code: 'LABEL', label: 'zzz' }),
    );
    const lenient = columns({ categories: 'ordinal', unknownCategories: 'ignore' }, rows);
    expect(lenient['kind']).toEqual([0]);
  });

  test('rare ones share a column with unknown ones', () => {
    const encoded = columns({ maxCategories: 2, rareCategories: 'together' });
    expect(Object.keys(encoded)).toEqual([
      'size',
      'kind=b',
      'kind=(other)',
      'kind=(missing)',
      'code=10',
      'code=(other)',
    ]);
    expect(encoded['kind=(other)']).toEqual([0, 1, 0, 1, 1, 0]);
    const rows = parseCsv('size,kind,code\n1,zzz,9\n');
    expect(columns({ maxCategories: 2, rareCategories: 'together' }, rows)['kind=(other)']).toEqual([1]);
  });

  test('many are codes: numbers as they are, one more for missing cells, -1 for unknown ones', () => {
    const options = { maxCategories: 2, rareCategories: 'codes', categorical: ['code'] } as const;
    const encoded = columns(options);
    expect(Object.keys(encoded)).toEqual(['size', 'kind', 'code']);
    const known = new Set(encoded['kind']);
    expect([...known].every((code) => Number.isInteger(code) && code >= 0)).toBe(true);
    expect(Math.max(...known)).toBe(encoded['kind']?.[5]);
    const rows = parseCsv('size,kind,code\n1,zzz,9\n');
    expect(columns(options, rows)['kind']).toEqual([-1]);
  });
});

test('columns that number the rows are left out where asked', () => {
  const rows = Array.from({ length: 12 }, (_, i) => i);
  const numbered = tableFromColumns({ id: rows, x: rows.map((i) => i % 5), y: rows.map((i) => i ** 2) });
  expect(TablePreprocessor.fit(numbered, { target: 'y' }).featureNames).toEqual(['id', 'x']);
  const fitted = TablePreprocessor.fit(numbered, { target: 'y', identifiers: 'leave out' });
  expect(fitted.featureNames).toEqual(['x']);
  expect(fitted.leftOut).toEqual([{ column: 'id', reason: 'identifier', detail: expect.any(String) }]);
});
