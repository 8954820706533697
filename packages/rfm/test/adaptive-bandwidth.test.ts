import { createNaiveBackend } from '@agop/core/naive';
import { diagonalMetric, identityMetric, laplace, lpq, medianDistance, ntk, RFMRegressor } from '@agop/rfm';
import { expect, test } from 'vitest';
import { normal, productTarget, worst } from './data.ts';

const [n, d] = [40, 3];
const x = normal(n, d, 1);

function median(distance: (i: number, j: number) => number): number {
  const all: number[] = [];
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) all.push(distance(i, j));
  all.sort((a, b) => a - b);
  return all[(all.length - 1) >> 1] as number;
}

test('the median distance, in the norm and the metric of the kernel', async () => {
  using backend = createNaiveBackend();
  using points = backend.tensor(x, [n, d], 'float64');
  using weights = backend.tensor([4, 1, 0.25], [1, d], 'float64');
  const differences = (i: number, j: number) =>
    Array.from({ length: d }, (_, k) => (x[i * d + k] as number) - (x[j * d + k] as number));
  const euclidean = median((i, j) => Math.hypot(...differences(i, j)));
  const measured = (kernel: Parameters<typeof medianDistance>[1], metric = identityMetric) =>
    medianDistance(backend, kernel, metric, points, { seed: 0, stream: 0 });
  expect(await measured(laplace({ bandwidth: 1 }))).toBeCloseTo(euclidean, 12);
  const manhattan = median((i, j) => differences(i, j).reduce((sum, value) => sum + Math.abs(value), 0));
  expect(await measured(lpq({ bandwidth: 1, p: 1, q: 1 }))).toBeCloseTo(manhattan, 12);
  const weighted = median((i, j) => {
    const [a, b, c] = differences(i, j) as [number, number, number];
    return Math.hypot(2 * a, b, c / 2);
  });
  expect(await measured(laplace({ bandwidth: 1 }), diagonalMetric(weights))).toBeCloseTo(weighted, 12);
  await expect(measured(ntk({ depth: 2 }))).rejects.toThrow('no function of a distance');
  expect(backend.memory().tensors).toBe(2);
});

test('an adaptive bandwidth forgets the unit of the features, also in a saved model', async () => {
  using backend = createNaiveBackend();
  const y = productTarget(x, d);
  const fits = await Promise.all(
    [1, 1000, 2 ** -100, 2 ** 400].map(async (unit) => {
      const points = { data: x.map((value) => value * unit), shape: [n, d] };
      using model = new RFMRegressor({
        backend,
        kernel: laplace({ bandwidth: 2 }),
        dtype: 'float64',
        bandwidthMode: 'adaptive',
        iterations: 2,
      });
      await model.fit(points, y);
      using loaded = await RFMRegressor.load(await model.toBytes(), { backend });
      return await loaded.predict(points);
    }),
  );
  for (const other of fits.slice(1)) expect(worst(fits[0] as Float64Array, other)).toBeLessThan(1e-8);
});

test('where most points coincide, those that do not say how far apart points are', async () => {
  using backend = createNaiveBackend();
  for (const unit of [1, 1e-20]) {
    const rows = [...Array(8).fill([1, 1, 1]), [1, 1, 4], [1, 5, 1]].flat().map((value) => value * unit);
    using points = backend.tensor(rows, [10, 3], 'float64');
    for (const kernel of [laplace({ bandwidth: 1 }), lpq({ bandwidth: 1, p: 1, q: 1 })]) {
      const key = { seed: 0, stream: 0 };
      // 8 pairs at 3, 8 at 4, one beyond.
      expect((await medianDistance(backend, kernel, identityMetric, points, key)) / unit).toBeCloseTo(4, 12);
    }
  }
  using same = backend.tensor(Array(12).fill(0.1), [4, 3], 'float64');
  const none = medianDistance(backend, laplace({ bandwidth: 1 }), identityMetric, same, {
    seed: 0,
    stream: 0,
  });
  expect(await none).toBe(0);
});

test('early stopping leaves iterations out that are much worse', async () => {
  using backend = createNaiveBackend();
  const labels = Float64Array.from(normal(n, 1, 5));
  const points = { data: x, shape: [n, d] };
  using all = new RFMRegressor({ backend, iterations: 6 });
  using some = new RFMRegressor({ backend, iterations: 6, earlyStopping: 1.0001 });
  await all.fit(points, labels, { validation: 0.3 });
  await some.fit(points, labels, { validation: 0.3 });
  const values = all.history.map(({ value }) => value as number);
  const end = values.findIndex((value, i) => value > 1.0001 * Math.min(...values.slice(0, i + 1)));
  expect(some.history).toHaveLength(end + 1);
  expect(end).toBeGreaterThan(0);
  expect(end).toBeLessThan(6);
});
