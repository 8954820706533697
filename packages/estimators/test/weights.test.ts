import { classWeights, readWeights } from '@agop/estimators';
import { expect, test } from 'vitest';

test('weights are scaled to mean 1, at any size', () => {
  expect(Array.from(readWeights([1, 3, 0, 0], 4, 'rows'))).toEqual([1, 3, 0, 0]);
  expect(Array.from(readWeights([1e300, 1e300], 2, 'rows'))).toEqual([1, 1]);
  expect(Array.from(readWeights([1e-300, 3e-300], 2, 'rows'))).toEqual([0.5, 1.5]);
});

test.each([
  { weights: [1, 2], code: 'SHAPE', message: 'X has 3 rows, but there are 2 weights.' },
  {
    weights: [1, -1, 1],
    code: 'VALUE',
    message: 'weights has -1 in row 1: weights are finite numbers from 0.',
  },
  { weights: [1, Number.NaN, 1], code: 'VALUE', message: 'weights has NaN in row 1' },
  { weights: [0, 0, 0], code: 'VALUE', message: 'weights are all 0: no row would count.' },
])('refuses $weights', ({ weights, code, message }) => {
  expect(() => readWeights(weights, 3, 'rows')).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

test('classes have weights', () => {
  const labels = ['a', 'b', 'a', 'a'];
  expect(Array.from(classWeights(labels, 'balanced'))).toEqual([2 / 3, 2, 2 / 3, 2 / 3]);
  const given = new Map([
    ['a', 0],
    ['b', 3],
  ]);
  expect(Array.from(classWeights(labels, given))).toEqual([0, 3, 0, 0]);
  expect(() => classWeights(labels, new Map([['a', 1]]))).toThrow(
    expect.objectContaining({ code: 'OPTION', message: expect.stringContaining('also for "b"') }),
  );
});

test.each([[1n], [Symbol('odd')], [Object.create(null)], ['1']])('weights that are no numbers', (odd) => {
  expect(() => Reflect.apply(readWeights, undefined, [[1, odd], 2, 'rows'])).toThrow(/in row 1: weights are/);
});
