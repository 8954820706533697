import { randomPermutation } from '@agop/core';
import { balancedAccuracy } from '@agop/estimators';
import { expect, it } from 'vitest';
import { balancedError } from '../src/tabular/balanced-chance.ts';

const labels = (counts: Readonly<Record<string, number>>): string[] =>
  Object.entries(counts).flatMap(([name, count]) => new Array<string>(count).fill(name));

it.each([
  ['two classes', { a: 20, b: 8 }, { a: 18, b: 10 }],
  ['three classes, one never predicted', { a: 20, b: 8, c: 4 }, { a: 22, b: 10 }],
  ['a class that no row has', { a: 20, b: 8 }, { a: 18, b: 6, c: 4 }],
])('is the deviation over permutations: %s', (_, truth, guesses) => {
  const [actual, predicted] = [labels(truth), labels(guesses)];
  const values = Array.from({ length: 20_000 }, (__, seed) => {
    const order = randomPermutation(actual.length, { seed });
    return balancedAccuracy(
      Array.from(order, (row) => predicted[row]),
      actual,
    );
  });
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0);
  expect(balancedError(predicted, actual) / Math.sqrt(variance)).toBeCloseTo(1, 1);
});

it('is 0 where all predictions are one class', () => {
  expect(balancedError(labels({ a: 12 }), labels({ a: 9, b: 3 }))).toBeCloseTo(0, 12);
  expect(balancedError(['a'], ['a'])).toBe(0);
});
