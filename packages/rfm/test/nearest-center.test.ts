import { createNaiveBackend } from '@agop/core/naive';
import {
  diagonalMetric,
  fitKernelMachine,
  identityMetric,
  type Kernel,
  laplace,
  lpq,
  type Metric,
  nearestCenters,
  ntk,
  usualDistance,
} from '@agop/rfm';
import { expect, test } from 'vitest';
import { normal } from './data.ts';

const [n, d] = [60, 3];
const key = { seed: 0, stream: 0 };
const x = normal(n, d, 1);
const further = normal(20, d, 2);

/** Least value of a distance to the rows of x. */
function least(of: (at: number) => number, skipped = -1): number {
  return Math.min(...Array.from({ length: n }, (_, j) => (j === skipped ? Number.POSITIVE_INFINITY : of(j))));
}

async function withMachine<T>(
  kernel: Kernel,
  metric: 'weighted' | 'identity',
  centers: Float64Array,
  use: (
    machine: Awaited<ReturnType<typeof fitKernelMachine>>,
    backend: ReturnType<typeof createNaiveBackend>,
  ) => Promise<T>,
): Promise<T> {
  using backend = createNaiveBackend();
  const rows = centers.length / d;
  using points = backend.tensor(centers, [rows, d], 'float64');
  using targets = backend.tensor(new Float64Array(rows).fill(1), [rows, 1], 'float64');
  using weights = backend.tensor([4, 1, 0.25], [1, d], 'float64');
  const own: Metric = metric === 'identity' ? identityMetric : diagonalMetric(weights);
  using machine = await fitKernelMachine({ backend, kernel, metric: own, x: points, y: targets, ridge: 1 });
  return await use(machine, backend);
}

test('distances are those to the nearest center, in the norm and the metric of the machine', async () => {
  const weighted = await withMachine(laplace({ bandwidth: 1 }), 'weighted', x, async (machine, backend) => {
    using points = backend.tensor(further, [20, d], 'float64');
    return await nearestCenters(machine, points, key);
  });
  const manhattan = await withMachine(
    lpq({ bandwidth: 1, p: 1, q: 1 }),
    'identity',
    x,
    async (machine, backend) => {
      using points = backend.tensor(further, [20, d], 'float64');
      return await nearestCenters(machine, points, key);
    },
  );
  for (let i = 0; i < 20; i++) {
    const difference = (j: number, k: number): number =>
      (further[i * d + k] as number) - (x[j * d + k] as number);
    const root = least((j) => Math.hypot(2 * difference(j, 0), difference(j, 1), difference(j, 2) / 2));
    expect(weighted?.[i]).toBeCloseTo(root, 10);
    const sum = least((j) => [0, 1, 2].reduce((all, k) => all + Math.abs(difference(j, k)), 0));
    expect(manhattan?.[i]).toBeCloseTo(sum, 10);
  }
});

test('what is usual is the largest distance among centers, but an outlier does not set it', async () => {
  const among = Array.from({ length: n }, (_, i) =>
    least((j) => Math.hypot(...[0, 1, 2].map((k) => (x[i * d + k] as number) - (x[j * d + k] as number))), i),
  ).toSorted((a, b) => a - b);
  const usual = (centers: Float64Array): Promise<number | undefined> =>
    withMachine(laplace({ bandwidth: 1 }), 'identity', centers, (machine) => usualDistance(machine, key));
  expect(await usual(x)).toBeCloseTo(among.at(-1) as number, 10);
  // With 200 more copies of rows, the 99th of 100 distances is 0, and the largest one counts.
  const twice = Float64Array.from([...x, ...x.slice(0, 3 * 58)]);
  expect(await usual(twice)).toBeGreaterThan(0);
  const dense = normal(200, d, 3);
  const without = (await usual(dense)) as number;
  const outlier = (await usual(Float64Array.from([...dense, 1000, 1000, 1000]))) as number;
  expect(outlier).toBeLessThan(2 * without);
});

test('copies of one center alone leave a distance above 0; other kernels have none', async () => {
  const copies = new Float64Array(30).fill(1);
  const bound = await withMachine(laplace({ bandwidth: 1 }), 'identity', copies, (machine) =>
    usualDistance(machine, key),
  );
  expect(bound).toBeGreaterThan(0);
  const [distance, rows] = await withMachine(ntk({ depth: 2 }), 'identity', x, async (machine, backend) => {
    using points = backend.tensor(further, [20, d], 'float64');
    return [await usualDistance(machine, key), await nearestCenters(machine, points, key)];
  });
  expect(distance).toBeUndefined();
  expect(rows).toBeUndefined();
});
