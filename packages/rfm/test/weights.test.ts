import { createNaiveBackend } from '@agop/core/naive';
import {
  type Centering,
  laplace,
  lpq,
  RFMClassifier,
  RFMRegressor,
  recursiveFeatureMachine,
} from '@agop/rfm';
import { describe, expect, test } from 'vitest';
import { normal, productTarget, worst } from './data.ts';

const [n, d] = [30, 3];
const x = normal(n, d, 1);
const y = productTarget(x, d);
const counts = Array.from({ length: n }, (_, i) => (i * 7) % 4);
const repeated = counts.flatMap((count, row) => new Array<number>(count).fill(row));
const rows = (data: ArrayLike<number>, columns: number) =>
  Float64Array.from(
    repeated.flatMap((row) => Array.from({ length: columns }, (_, j) => data[row * columns + j] as number)),
  );
const fresh = { data: normal(20, d, 2), shape: [20, d] };

describe('a weight counts like so many equal rows', () => {
  test.each<{ name: string; centering: Centering; kernel: 'laplace' | 'lpq'; diagonal: boolean }>([
    { name: 'full metric', centering: 'none', kernel: 'laplace', diagonal: false },
    { name: 'centered by output', centering: 'output', kernel: 'laplace', diagonal: false },
    { name: 'pooled centering, diagonal', centering: 'pooled', kernel: 'lpq', diagonal: true },
  ])('regression, $name', async ({ centering, kernel, diagonal }) => {
    using backend = createNaiveBackend();
    const options = {
      backend,
      kernel: kernel === 'lpq' ? lpq({ bandwidth: 3, p: 1, q: 1 }) : laplace({ bandwidth: 3 }),
      dtype: 'float64' as const,
      iterations: 2,
      ridge: 0.1,
      centering,
      diagonal,
      form: 'transform' as const,
      power: 0.5,
    };
    // The ridge counts against weights of mean 1: it shrinks with their number.
    const scale = n / repeated.length;
    using weighted = new RFMRegressor({ ...options, ridge: 0.1 * scale });
    using plain = new RFMRegressor(options);
    await weighted.fit({ data: x, shape: [n, d] }, y, { weights: counts });
    await plain.fit({ data: rows(x, d), shape: [repeated.length, d] }, rows(y, 1));
    const [a, b] = [await weighted.predict(fresh), await plain.predict(fresh)];
    expect(worst(a, b)).toBeLessThan(1e-9);
    expect(worst((await weighted.metric()).data, (await plain.metric()).data)).toBeLessThan(1e-7);
  });

  test('classification', async () => {
    using backend = createNaiveBackend();
    const labels = Array.from(y, (value) => (value > 0 ? 'plus' : 'minus'));
    const scale = n / repeated.length;
    using weighted = new RFMClassifier({ backend, dtype: 'float64', ridge: 0.1 * scale, iterations: 1 });
    using plain = new RFMClassifier({ backend, dtype: 'float64', ridge: 0.1, iterations: 1 });
    await weighted.fit({ data: x, shape: [n, d] }, labels, { weights: counts });
    const many = repeated.map((row) => labels[row] as string);
    await plain.fit({ data: rows(x, d), shape: [repeated.length, d] }, many);
    const [a, b] = [await weighted.predictProba(fresh), await plain.predictProba(fresh)];
    expect(worst(a, b)).toBeLessThan(1e-9);
  });
});

test('equal weights change nothing', async () => {
  using backend = createNaiveBackend();
  using weighted = new RFMRegressor({ backend, iterations: 1 });
  using plain = new RFMRegressor({ backend, iterations: 1 });
  await weighted.fit({ data: x, shape: [n, d] }, y, { weights: new Array(n).fill(3) });
  await plain.fit({ data: x, shape: [n, d] }, y);
  expect(worst(await weighted.predict(fresh), await plain.predict(fresh))).toBeLessThan(1e-4);
});

test('weights of the wrong number are refused', async () => {
  using backend = createNaiveBackend();
  using points = backend.tensor(x, [n, d], 'float64');
  using targets = backend.tensor(y, [n, 1], 'float64');
  const loop = recursiveFeatureMachine({
    backend,
    kernel: laplace({ bandwidth: 3 }),
    x: points,
    y: targets,
    weights: [1, 2],
  });
  await expect(loop.next()).rejects.toThrow('There are 2 weights, but 30 samples.');
  expect(backend.memory().tensors).toBe(2);
});
