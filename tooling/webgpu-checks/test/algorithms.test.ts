import { createCpuBackend } from '@agop/backend-cpu';
import { createWebGpuBackend } from '@agop/backend-webgpu';
import { ConvRFMClassifier, convolutionalNtk } from '@agop/conv-rfm';
import { type Backend, randomArray } from '@agop/core';
import { tableFromColumns } from '@agop/data';
import { DeepRFM, randomRelu } from '@agop/deep-rfm';
import { modularTask, runGrokking } from '@agop/grokking';
import { laplace, RFMClassifier, RFMRegressor } from '@agop/rfm';
import { TabularRegressor } from '@agop/tabular';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingDevice } from '../../../packages/backend-webgpu/test/device-at-hand.ts';

// The algorithm packages run on WebGPU unchanged: with the same seed they find what they find in float32 on
// the CPU, as near as the rounding of float32 lets them.

const missing = await missingDevice();

/** Relative to the largest number. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [worst, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    worst = Math.max(worst, Math.abs((a[i] as number) - (b[i] as number)));
    size = Math.max(size, Math.abs(b[i] as number));
  }
  return a.length === b.length ? worst / size : Number.POSITIVE_INFINITY;
}

/** Normal rows. */
function samples(rows: number, columns: number, seed: number): number[][] {
  const data = randomArray(rows * columns, 'normal', { seed }, 'float64');
  return Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
}

/** Noisy images of 8 x 8 pixels with a bar, upright or level. */
function bars(count: number, seed: number) {
  const data = Float32Array.from(
    randomArray(count * 64, 'normal', { seed }, 'float32'),
    (value) => 0.3 * value,
  );
  const labels = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 'upright' : 'level'));
  for (const [i, label] of labels.entries()) {
    for (let step = 0; step < 5; step++) {
      const [row, column] = label === 'upright' ? [step + 1, 2 + (i % 4)] : [2 + (i % 4), step + 1];
      data[i * 64 + row * 8 + column] = 1.5;
    }
  }
  return { data, shape: [count, 8, 8, 1] as const, labels };
}

const product = ([a = 0, b = 0]: readonly number[]): number => a * b;

if (missing) test.skip(`LEFT OUT, algorithms on WebGPU: ${missing}`);
else describe('beside the CPU', onDevice);

function onDevice(): void {
  let device: Backend;
  let processor: Backend;
  beforeAll(async () => {
    device = await createWebGpuBackend();
    processor = await createCpuBackend();
  });
  afterAll(() => {
    expect(device.memory()).toMatchObject({ tensors: 0, bytes: 0 });
    device.dispose();
    processor.dispose();
  });

  /** What comes of the same program on both. */
  const both = async <T>(run: (backend: Backend) => Promise<T>): Promise<readonly [T, T]> => [
    await run(device),
    await run(processor),
  ];

  test('rfm, regression: importances and R² within 1e-4', async () => {
    const x = samples(300, 8, 1);
    const [a, b] = await both(async (backend) => {
      using model = new RFMRegressor({ backend, kernel: laplace({ bandwidth: 5 }), iterations: 3, seed: 1 });
      await model.fit(x.slice(0, 220), x.slice(0, 220).map(product), { validation: 0.2 });
      return {
        importances: Array.from(await model.featureImportances()),
        score: await model.score(x.slice(220), x.slice(220).map(product)),
        best: model.best,
      };
    });
    expect(distance(a.importances, b.importances)).toBeLessThan(1e-4);
    expect(Math.abs(a.score - b.score)).toBeLessThan(1e-4);
    expect(a.best).toBe(b.best);
  });

  test('rfm, a ridge below 1e-3: importances within 1e-3 of those in float64', async () => {
    const x = samples(150, 6, 2);
    const [a, b] = await both(async (backend) => {
      using model = new RFMRegressor({ backend, ridge: 1e-6, iterations: 2 });
      await model.fit(x, x.map(product));
      return { importances: Array.from(await model.featureImportances()), warnings: model.warnings };
    });
    expect(distance(a.importances, b.importances)).toBeLessThan(1e-3);
    expect([a.warnings, b.warnings]).toMatchObject([[{ code: 'float32-only' }], []]);
  });

  test('rfm, classes: the same labels', async () => {
    const x = samples(200, 5, 3);
    const labelOf = (row: number[]): string => (product(row) > 0 ? 'same sign' : 'different');
    const [a, b] = await both(async (backend) => {
      using model = await new RFMClassifier({ backend, iterations: 2 }).fit(
        x.slice(0, 150),
        x.slice(0, 150).map(labelOf),
      );
      return await model.predict(x.slice(150));
    });
    expect(a).toEqual(b);
  });

  test('deep-rfm: accuracies, and collapse within 1e-2', async () => {
    const x = samples(90, 6, 4);
    const y = x.map((row) => (product(row) > 0 ? 'same sign' : 'different'));
    const [a, b] = await both(async (backend) => {
      using model = new DeepRFM({
        backend,
        depth: 2,
        dtype: 'float32',
        featureMap: randomRelu({ width: 48 }),
      });
      const nc1: number[] = [];
      await model.fit(x, y, { onLayer: ({ train }) => nc1.push(train.projected.nc1.ratio) });
      return { nc1, score: await model.score(x, y) };
    });
    expect(distance(a.nc1, b.nc1)).toBeLessThan(1e-2);
    expect(a.score).toBe(b.score);
  });

  test('conv-rfm: the same labels of test images', async () => {
    const [train, held] = [bars(24, 1), bars(24, 2)];
    const [a, b] = await both(async (backend) => {
      const kernel = convolutionalNtk({ depth: 1, patchSize: 3 });
      using model = new ConvRFMClassifier({ backend, kernel, iterations: 1 });
      await model.fit(train, train.labels);
      return { labels: await model.predict(held), score: await model.score(held, held.labels) };
    });
    expect(a).toEqual(b);
  });

  test('grokking: losses and deviations within 1e-3', async () => {
    const task = modularTask({ operation: '+', p: 11, fraction: 0.6, seed: 1 });
    const [a, b] = await both(async (backend) => {
      const { iterations } = await runGrokking({ backend, task, iterations: 4, dtype: 'float32' });
      return iterations.flatMap(({ testLoss, circulantDeviation }) => [testLoss, circulantDeviation ?? -1]);
    });
    expect(distance(a, b)).toBeLessThan(1e-3);
  });

  test('tabular: the same choice, predictions within 1e-3 of those without float64', async () => {
    const [u = [], v = []] = [0, 1].map((seed) => [...randomArray(90, 'normal', { seed }, 'float64')]);
    const table = tableFromColumns({
      size: u,
      place: v.map((value) => (value > 0 ? 'north' : 'south')),
      price: u.map((value, row) => value ** 2 + Math.max(0, v[row] as number)),
    });
    // With float64 small ridges may lead to another iteration; that is not a matter of the device.
    const single: Backend = { ...processor, dtypes: ['float32'] };
    const fit = async (backend: Backend) => {
      using model = new TabularRegressor({ backend, trials: 1, members: 1 });
      await model.fit(table, 'price');
      const chosen = model.members.map(({ candidate }) => [candidate.kernel.name, candidate.numbers]);
      return { chosen, predictions: Array.from(await model.predict(table)) };
    };
    const [a, b] = [await fit(device), await fit(single)];
    expect(a.chosen).toEqual(b.chosen);
    expect(distance(a.predictions, b.predictions)).toBeLessThan(1e-3);
  });
}
