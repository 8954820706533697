import type { Backend } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { gaussian, laplace, RFMRegressor } from '@agop/rfm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nested, normal, productTarget, worst } from './data.ts';

const [n, d] = [120, 5];
const x = normal(n, d, 1);
const y = productTarget(x, d);
const points = { data: x, shape: [n, d] };

let backend: Backend;
beforeEach(() => {
  backend = createNaiveBackend();
});
afterEach(() => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

describe('RFMRegressor', () => {
  test('beats plain kernel regression on a product of two features', async () => {
    const fresh = normal(200, d, 2);
    const truth = productTarget(fresh, d);
    const rows = { data: fresh, shape: [200, d] };
    using rfm = new RFMRegressor({ backend, kernel: laplace({ bandwidth: 5 }), iterations: 4 });
    using plain = new RFMRegressor({ backend, kernel: laplace({ bandwidth: 5 }), iterations: 0 });
    await rfm.fit(points, y, { validation: 0.2 });
    await plain.fit(points, y);
    expect(await rfm.score(rows, truth)).toBeGreaterThan((await plain.score(rows, truth)) + 0.1);
    expect(rfm.history.every((record) => record.metric === 'mse')).toBe(true);
  });

  test('interpolates the training data without ridge, in the units of y', async () => {
    const shifted = y.map((value) => 1000 + 50 * value);
    using model = new RFMRegressor({ backend, ridge: 0, iterations: 1 });
    await model.fit(points, shifted);
    expect(worst(await model.predict(points), shifted)).toBeLessThan(1e-6);
  });

  test('tends to the mean of y far away, unless told not to standardise', async () => {
    const shifted = y.map((value) => 1000 + value);
    const far = [new Array(d).fill(1e6)];
    const mean = shifted.reduce((a, b) => a + b) / n;
    using model = new RFMRegressor({ backend, iterations: 0 });
    await model.fit(points, shifted);
    expect((await model.predict(far))[0]).toBeCloseTo(mean, 3);
    using raw = new RFMRegressor({ backend, iterations: 0, standardizeTargets: false });
    await raw.fit(points, shifted);
    expect((await raw.predict(far))[0]).toBeCloseTo(0, 3);
  });

  test('predicts several outputs, row-major', async () => {
    const both = Float64Array.from({ length: 2 * n }, (_, i) =>
      i % 2 === 0 ? (y[i / 2] as number) : 3 - (x[((i - 1) / 2) * d] as number),
    );
    using model = new RFMRegressor({ backend, ridge: 0, iterations: 1, selection: 'mae' });
    await model.fit(nested(x, d), nested(both, 2), {
      validation: { x: points, y: { data: both, shape: [n, 2] } },
    });
    expect(worst(await model.predict(points), both)).toBeLessThan(1e-6);
    expect(await model.score(points, nested(both, 2))).toBeCloseTo(1, 8);
  });

  test('chooses the dtype by the ridge unless told', async () => {
    const dtypeOf = async (options: object): Promise<string> => {
      using model = new RFMRegressor({ backend, iterations: 0, ...options });
      await model.fit(points, y);
      return model.machine.centers.dtype;
    };
    expect(await dtypeOf({})).toBe('float32');
    expect(await dtypeOf({ ridge: 1e-6 })).toBe('float64');
    expect(await dtypeOf({ dtype: 'float64' })).toBe('float64');
  });

  test.each([
    ['data that does not fill its shape', { data: x, shape: [n, d + 1] }, y, { code: 'SHAPE' }],
    ['a tensor of rank 3', { data: x, shape: [n, d, 1] }, y, { code: 'SHAPE' }],
  ])('refuses %s with a typed error', async (_, bad, targets, expected) => {
    const model = new RFMRegressor({ backend, iterations: 1 });
    await expect(model.fit(bad, targets)).rejects.toMatchObject(expected);
  });

  test('names the pivot where duplicate rows meet ridge 0', async () => {
    const duplicated = x.slice();
    duplicated.copyWithin(20 * d, 10 * d, 11 * d);
    const model = new RFMRegressor({ backend, kernel: gaussian({ bandwidth: 1 }), ridge: 0 });
    await expect(model.fit({ data: duplicated, shape: [n, d] }, y)).rejects.toMatchObject({
      code: 'NOT_POSITIVE_DEFINITE',
      pivot: 20,
    });
  });
});
