import { describe, expect, test } from 'vitest';
import {
  better,
  holdOut,
  meanSquaredError,
  meanSquaredNorm,
  measureColumns,
  rSquared,
  standardize,
} from '../src/index.ts';

describe('the order of scores', () => {
  test.each([
    [{ accuracy: 0.9 }, { accuracy: 0.8 }, true],
    [{ accuracy: 0.8 }, { accuracy: 0.8 }, false],
    [{ accuracy: 0.8, mse: 1 }, { accuracy: 0.8, mse: 2 }, true],
    [{ accuracy: 0.7, mse: 1 }, { accuracy: 0.8, mse: 2 }, false],
    [{ mse: 1 }, { mse: 2 }, true],
    [{ accuracy: undefined, mse: 1 }, { accuracy: 0.5, mse: 2 }, true],
    [{ accuracy: Number.NaN }, { accuracy: 0.1 }, false],
    [{ accuracy: 0.1 }, { accuracy: Number.NaN }, true],
    [undefined, { accuracy: 0.1 }, false],
    [{ accuracy: 0.1 }, undefined, true],
    [undefined, undefined, true],
  ])('%o against %o', (scores, best, expected) => {
    expect(better(scores, best, ['accuracy', 'mse'])).toBe(expected);
  });

  test('lower errors and higher R² win', () => {
    expect(better({ mae: 1 }, { mae: 2 }, ['mae'])).toBe(true);
    expect(better({ r2: 0.1 }, { r2: 0.2 }, ['r2'])).toBe(false);
  });
});

test('squared errors: their mean over all entries, or over rows', () => {
  const [predicted, actual] = [
    [1, 2, 3, 4],
    [1, 0, 3, 2],
  ];
  expect(meanSquaredError(predicted, actual)).toBe(2);
  expect(meanSquaredNorm(predicted, actual, 2)).toBe(4);
  expect(rSquared(predicted, actual, 2)).toBe(-1);
});

test('columns that vary only by rounding count as constant', () => {
  const column = Array.from({ length: 7 }, (_, i) => [1e9 + 1e-7 * i, 0.1, i]).flat();
  for (const divide of ['first', 'last'] as const) {
    const scale = measureColumns({ data: column, rows: 7, columns: 3 }, divide);
    expect([...scale.deviation].map((value) => value > 0)).toEqual([false, false, true]);
    const standard = standardize(column, scale);
    expect([...standard.slice(0, 2)]).toEqual([0, 0]);
    expect(standard[2]).toBeCloseTo(-1.5, 12);
  }
});

test('rows are held out of as many as there are', () => {
  const { training, held } = holdOut(300_000, 0.5, 0);
  expect([training.length, held.length]).toEqual([150_000, 150_000]);
});
