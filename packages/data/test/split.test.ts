import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFolds, splitRows } from '../src/index.ts';

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
