import { add, divide, multiply, subtract } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { expect, it } from 'vitest';

it.each([
  ['add', add, [11, 22, 13, 24], [6, 7]],
  ['subtract', subtract, [-9, -18, -7, -16], [-4, -3]],
  ['multiply', multiply, [10, 40, 30, 80], [5, 10]],
  ['divide', divide, [0.1, 0.1, 0.3, 0.2], [0.2, 0.4]],
] as const)('%s: tensors broadcast, numbers count for all elements', async (_, operation, full, byNumber) => {
  using backend = createNaiveBackend();
  using a = backend.tensor([1, 2, 3, 4], [2, 2], 'float64');
  using row = backend.tensor([10, 20], [2], 'float64');
  using result = operation(backend, a, row);
  expect(result.shape).toEqual([2, 2]);
  expect([...(await result.read())]).toEqual(full);
  using short = backend.tensor([1, 2], [2], 'float64');
  expect(operation(backend, short, 5, { out: short })).toBe(short);
  expect([...(await short.read())]).toEqual(byNumber);
});
