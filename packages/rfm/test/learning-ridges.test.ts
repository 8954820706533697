import { randomArray } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { expect, test } from 'vitest';
import { laplace, RFMRegressor } from '../src/index.ts';

const backend = createNaiveBackend();
const x = Array.from({ length: 40 }, (_, row) => randomArray(3, 'normal', { seed: row }, 'float64'));
const y = x.map((row) => (row[0] as number) * (row[1] as number));
const options = { backend, kernel: laplace({ bandwidth: 3 }), dtype: 'float64' } as const;

test('metrics are learned with their own ridges, and the last fit has its own', async () => {
  using both = new RFMRegressor({ ...options, iterations: 1, ridge: 1e-3, learningRidges: [1] });
  await both.fit(x, y);
  using smooth = new RFMRegressor({ ...options, iterations: 1, ridge: 1 });
  await smooth.fit(x, y);
  const metric = await smooth.metric();
  expect((await both.metric()).data).toEqual(metric.data);
  using last = new RFMRegressor({ ...options, iterations: 0, ridge: 1e-3, initialMetric: metric });
  await last.fit(x, y);
  const expected = await last.predict(x);
  (await both.predict(x)).forEach((value, row) => {
    expect(value).toBeCloseTo(expected[row] as number, 9);
  });
});

test('those of the ridge change nothing', async () => {
  using plain = new RFMRegressor({ ...options, iterations: 2, ridge: 0.1 });
  using same = new RFMRegressor({ ...options, iterations: 2, ridge: 0.1, learningRidges: [0.1, 0.1] });
  await plain.fit(x, y);
  await same.fit(x, y);
  expect(await same.predict(x)).toEqual(await plain.predict(x));
});

test.each([[[-1]], [[Number.NaN]], ['0.1'], [0.1]])('%o is refused, where the model is made', (odd) => {
  const make = () => new RFMRegressor({ ...options, learningRidges: odd as number[] });
  expect(make).toThrow(expect.objectContaining({ code: 'OPTION' }));
});
