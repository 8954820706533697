import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFolds, sampleRows, splitRows } from '../src/index.ts';

describe('splitRows', () => {
  test('parts are disjoint, ascending and complete, and of the right size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 300 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.nat(),
        (rows, fraction, seed) => {
          const { train, test: held } = splitRows(rows, { fraction, seed });
          expect([...train, ...held].sort((a, b) => a - b)).toEqual(
            Array.from({ length: rows }, (_, i) => i),
          );
          expect([...train]).toEqual([...train].sort((a, b) => a - b));
          expect(held.length).toBe(Math.min(rows - 1, Math.max(1, Math.round(rows * fraction))));
        },
      ),
    );
  });

  test('the seed decides', () => {
    expect(splitRows(100, { seed: 7 })).toEqual(splitRows(100, { seed: 7 }));
    expect(splitRows(100, { seed: 7 }).test).not.toEqual(splitRows(100, { seed: 8 }).test);
  });

  test('stratified: classes in proportion, none lost from training', () => {
    const labels = ['a', ...Array.from({ length: 60 }, () => 'b'), ...Array.from({ length: 39 }, () => 'c')];
    for (let seed = 0; seed < 20; seed++) {
      const { train, test: held } = splitRows(100, { fraction: 0.25, seed, stratify: labels });
      const count = (rows: Int32Array, label: string) =>
        [...rows].filter((row) => labels[row] === label).length;
      expect(count(train, 'a')).toBe(1);
      expect(count(held, 'b')).toBe(15);
      expect(count(held, 'c')).toBe(10);
      expect(held.length).toBe(25);
    }
  });

  test('bad input', () => {
    expect(() => splitRows(1)).toThrow(expect.objectContaining({ code: 'VALUE' }));
    expect(() => splitRows(10, { fraction: 1 })).toThrow(expect.objectContaining({ code: 'OPTION' }));
    expect(() => splitRows(10, { fraction: Number.NaN })).toThrow(
      expect.objectContaining({ code: 'OPTION' }),
    );
    expect(() => splitRows(10, { seed: -1 })).toThrow(expect.objectContaining({ code: 'OPTION' }));
    expect(() => splitRows(3, { stratify: ['a', 'b', 'c'] })).toThrow(/No class has two rows/);
    expect(() => splitRows(3, { stratify: ['a', 'b'] })).toThrow(/2 labels were given for 3 rows/);
  });
});

describe('sampleRows', () => {
  const labels = ['a', ...Array.from({ length: 59 }, () => 'b'), ...Array.from({ length: 40 }, () => 'c')];
  const counts = (rows: Int32Array) =>
    ['a', 'b', 'c'].map((label) => [...rows].filter((row) => labels[row] === label).length);

  test('classes in proportion, every class with a row', () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(counts(sampleRows(labels, 50, { seed }))).toEqual([1, 29, 20]);
      expect(counts(sampleRows(labels, 4, { seed }))).toEqual([1, 2, 1]);
      expect(counts(sampleRows(labels, 3, { seed }))).toEqual([1, 1, 1]);
    }
  });

  test('as many rows as asked for, ascending, each once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 6, max: 90 }),
        fc.nat(),
        (of, count, seed) => {
          const rows = [...sampleRows(of, count, { seed })];
          expect(rows).toHaveLength(Math.min(count, of.length));
          expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
          expect(new Set(rows.map((row) => of[row]))).toEqual(new Set(of));
        },
      ),
    );
  });

  test('the seed decides', () => {
    expect(sampleRows(labels, 30, { seed: 4 })).toEqual(sampleRows(labels, 30, { seed: 4 }));
    expect(sampleRows(labels, 30, { seed: 4 })).not.toEqual(sampleRows(labels, 30, { seed: 5 }));
  });

  test('bad input', () => {
    expect(() => sampleRows(labels, 2)).toThrow(
      expect.objectContaining({ code: 'VALUE', message: expect.stringMatching(/2 rows .* 3 classes/) }),
    );
    expect(() => sampleRows(labels, 0)).toThrow(expect.objectContaining({ code: 'OPTION' }));
  });
});

describe('folds', () => {
  test('pairs', () => {
    const folds = parseFolds(
      JSON.stringify({ tuning: { train: [0], test: [1] }, splits: [{ train: [0, 2], test: [1] }] }),
      3,
    );
    expect(folds.tuning).toEqual({ train: Int32Array.of(0), test: Int32Array.of(1) });
    expect(folds.splits).toEqual([{ train: Int32Array.of(0, 2), test: Int32Array.of(1) }]);
  });

  test('one number per row', () => {
    const { splits } = parseFolds('{"testFold":[1,0,1]}', 3);
    expect(splits).toEqual([
      { train: Int32Array.of(0, 2), test: Int32Array.of(1) },
      { train: Int32Array.of(1), test: Int32Array.of(0, 2) },
    ]);
  });

  test.each([
    ['no JSON', 'a,b', 'FORMAT', /not JSON/],
    ['other JSON', '{"a":1}', 'FORMAT', /'splits'/],
    ['a row that is not there', '{"splits":[{"train":[0],"test":[3]}]}', 'VALUE', /names row 3/],
    ['a row in both parts', '{"splits":[{"train":[0,1],"test":[1]}]}', 'VALUE', /row 1 twice/],
    ['another number of rows', '{"testFold":[0,1]}', 'VALUE', /for a table of 2 rows/],
    ['an empty part', '{"splits":[{"train":[0,1],"test":[]}]}', 'VALUE', /empty/],
    ['a wild split number', '{"testFold":[0,1,1000000000]}', 'VALUE', /more than there are rows/],
  ])('%s is refused', (_, text, code, message) => {
    expect(() => parseFolds(text, 3)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
