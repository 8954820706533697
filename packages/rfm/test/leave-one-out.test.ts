import { AgopError, OptionError, ShapeError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { describe, expect, test } from 'vitest';
import { fitKernelMachine, identityMetric, kernelMatrix, laplace, leaveOneOut } from '../src/index.ts';
import { normal } from './data.ts';

const [n, d, c] = [14, 3, 2];
const kernel = laplace({ bandwidth: 2 });
const points = normal(n, d, 1);
const values = normal(n, c, 2);
const ridge = 0.3;

/** What a fit to all rows but one predicts for it. */
async function without(row: number, weights?: readonly number[]): Promise<number[]> {
  using backend = createNaiveBackend();
  const others = Array.from({ length: n }, (_, i) => i).filter((i) => i !== row);
  const take = (data: ArrayLike<number>, columns: number): number[] =>
    others.flatMap((i) => Array.from({ length: columns }, (_, k) => data[i * columns + k] as number));
  using x = backend.tensor(take(points, d), [n - 1, d], 'float64');
  using y = backend.tensor(take(values, c), [n - 1, c], 'float64');
  using machine = await fitKernelMachine({
    backend,
    kernel,
    x,
    y,
    ridge,
    ...(weights && { weights: others.map((i) => weights[i] as number) }),
  });
  using left = backend.tensor(
    Array.from({ length: d }, (_, k) => points[row * d + k] as number),
    [1, d],
    'float64',
  );
  using predicted = machine.predict(left);
  return Array.from(await predicted.read());
}

describe('rows left out one by one', () => {
  test.each([undefined, Array.from({ length: n }, (_, row) => 0.2 + (row % 5))])(
    'weights %o',
    async (weights) => {
      using backend = createNaiveBackend();
      using x = backend.tensor(points, [n, d], 'float64');
      using y = backend.tensor(values, [n, c], 'float64');
      using matrix = kernelMatrix(backend, kernel, x, x, identityMetric);
      const before = await matrix.read();
      const { predictions, variances } = await leaveOneOut(backend, { matrix, targets: y, ridge, weights });
      expect(await matrix.read()).toEqual(before);
      for (let row = 0; row < n; row++) {
        const expected = await without(row, weights);
        for (let k = 0; k < c; k++) expect(predictions[row * c + k]).toBeCloseTo(expected[k] as number, 10);
      }
      expect(variances.every((variance) => variance > 0 && variance <= 1)).toBe(true);
      expect(backend.memory().tensors).toBe(3);
    },
  );
});

test('systems that are none', async () => {
  using backend = createNaiveBackend();
  using matrix = backend.identity(3, 'float64');
  using targets = backend.full([3, 1], 1, 'float64');
  await expect(leaveOneOut(backend, { matrix, targets, ridge: 0 })).rejects.toThrow(OptionError);
  await expect(leaveOneOut(backend, { matrix, targets, ridge: 1, weights: [1] })).rejects.toThrow(ShapeError);
  for (const odd of [0, null, { matrix: 1, targets, ridge: 1 }]) {
    await expect(Reflect.apply(leaveOneOut, undefined, [backend, odd])).rejects.toThrow(AgopError);
  }
  expect(backend.memory().tensors).toBe(2);
});
