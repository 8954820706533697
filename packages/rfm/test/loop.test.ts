import { AgopError, type Backend, Scope, type Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { gaussian, laplace, matrixPower, presets, recursiveFeatureMachine } from '@agop/rfm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { largest, normal, normalTensor, productTarget, worst } from './data.ts';

const [n, d] = [60, 5];
const kernel = laplace({ bandwidth: 4 });

let backend: Backend;
let x: Tensor;
let y: Tensor;

beforeEach(() => {
  backend = createNaiveBackend();
  x = normalTensor(backend, n, d, 1);
  y = backend.tensor(productTarget(normal(n, d, 1), d), [n, 1], 'float64');
});

// Every test leaves x and y alone alive, whatever happened in it.
afterEach(() => {
  expect(backend.memory().tensors).toBe(2);
  backend.dispose();
});

async function lastMetric(points: Tensor, targets: Tensor, iterations = 3): Promise<ArrayLike<number>> {
  let metric: ArrayLike<number> = [];
  const loop = recursiveFeatureMachine({ backend, kernel, x: points, y: targets, iterations });
  for await (const step of loop)
    if (step.metric.kind !== 'identity') metric = await step.metric.tensor.read();
  return metric;
}

describe('the loop', () => {
  test('fits once more than it updates, and learns which features matter', async () => {
    const iterations: number[] = [];
    for await (const step of recursiveFeatureMachine({ backend, kernel, x, y, iterations: 3 })) {
      iterations.push(step.iteration);
    }
    expect(iterations).toEqual([0, 1, 2, 3]);
    const m = await lastMetric(x, y);
    const weights = Array.from({ length: d }, (_, k) => m[k * d + k] as number);
    expect(Math.min(...weights.slice(0, 2))).toBeGreaterThan(5 * Math.max(...weights.slice(2)));
  });

  test('keeps M symmetric and positive semi-definite', async () => {
    for await (const step of recursiveFeatureMachine({ backend, kernel, x, y, iterations: 3 })) {
      if (step.metric.kind === 'identity') continue;
      const m = await step.metric.tensor.read();
      for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) expect(m[i * d + j]).toBe(m[j * d + i]);
      const { values, vectors } = await backend.eigh(step.metric.tensor);
      expect(Math.min(...(await values.read()))).toBeGreaterThan(-1e-14);
      values.dispose();
      vectors.dispose();
    }
  });

  test('rotates M with the inputs', async () => {
    // Dividing by the largest entry depends on the axes, so M is taken as it comes.
    const last = async (points: Tensor): Promise<ArrayLike<number>> => {
      let metric: ArrayLike<number> = [];
      const loop = recursiveFeatureMachine({
        backend,
        kernel,
        x: points,
        y,
        iterations: 3,
        normalization: 'none',
      });
      for await (const step of loop)
        if (step.metric.kind !== 'identity') metric = await step.metric.tensor.read();
      return metric;
    };
    using scope = new Scope(backend);
    const { ops } = scope;
    const { vectors: rotation } = await ops.eigh(ops.gram(x, { transpose: true }));
    const rotated = await last(ops.matmul(x, rotation));
    const metric = ops.tensor(await last(x), [d, d], 'float64');
    const expected = await ops.matmul(ops.matmul(rotation, metric, { transposeA: true }), rotation).read();
    expect(worst(rotated, expected) / largest(expected)).toBeLessThan(1e-10);
  });

  test('does not let the scale of y change the normalised M', async () => {
    using scaled = backend.tensor(
      (await y.read()).map((v) => 1000 * v),
      [n, 1],
      'float64',
    );
    expect(worst(await lastMetric(x, y), await lastMetric(x, scaled))).toBeLessThan(1e-12);
  });

  test('averages over a seeded subset of samples where asked', async () => {
    const metrics = async (seed: number): Promise<ArrayLike<number>> => {
      let last: ArrayLike<number> = [];
      const options = { backend, kernel, x, y, iterations: 1, agopSamples: 20, seed };
      for await (const step of recursiveFeatureMachine(options)) {
        if (step.metric.kind !== 'identity') last = await step.metric.tensor.read();
      }
      return last;
    };
    expect(worst(await metrics(1), await metrics(1))).toBe(0);
    expect(worst(await metrics(1), await metrics(2))).toBeGreaterThan(1e-6);
    expect(worst(await metrics(1), await lastMetric(x, y, 1))).toBeGreaterThan(1e-6);
  });

  test('gives the last metric on request, and hands over what is taken', async () => {
    const loop = recursiveFeatureMachine({
      backend,
      kernel: gaussian({ bandwidth: 3 }),
      x,
      y,
      ...presets.grokking2024,
      iterations: 1,
    });
    let steps = 0;
    for await (const step of loop) {
      const [agop, next] = [await step.agop(), await step.nextMetric()];
      if (next.kind === 'identity') throw new Error('no metric');
      using root = await matrixPower(backend, agop, 0.5);
      expect(worst(await next.tensor.read(), await root.read())).toBe(0);
      steps += 1;
    }
    expect(steps).toBe(2);
  });

  test('lets a taken machine outlive the loop', async () => {
    const kept = [];
    for await (const step of recursiveFeatureMachine({ backend, kernel, x, y, iterations: 2 })) {
      if (step.iteration === 1) kept.push(step.take());
    }
    const [{ machine, metric }] = kept as [(typeof kept)[number]];
    using predictions = machine.predict(x);
    expect(largest(await predictions.read())).toBeGreaterThan(0);
    machine.dispose();
    if (metric.kind !== 'identity') metric.tensor.dispose();
  });

  test('frees everything when it is left early', async () => {
    for await (const step of recursiveFeatureMachine({ backend, kernel, x, y, iterations: 5 })) {
      await step.agop();
      if (step.iteration === 1) break;
    }
  });

  test('frees everything when it is aborted, and says so', async () => {
    const controller = new AbortController();
    const run = async (): Promise<void> => {
      for await (const step of recursiveFeatureMachine({
        backend,
        kernel,
        x,
        y,
        signal: controller.signal,
      })) {
        if (step.iteration === 1) controller.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('names the pivot where duplicate rows meet ridge 0, and frees everything', async () => {
    const rows = await x.read();
    rows.copyWithin(7 * d, 3 * d, 4 * d); // row 7 = row 3
    using duplicated = backend.tensor(rows, [n, d], 'float64');
    const run = async (): Promise<void> => {
      for await (const _ of recursiveFeatureMachine({ backend, kernel, x: duplicated, y, ridge: 0 }));
    };
    const error: unknown = await run().catch((e: unknown) => e);
    expect(AgopError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code: 'NOT_POSITIVE_DEFINITE', pivot: 7, order: n });
    expect(String(error)).toMatch(/duplicate rows.*ridge/);
  });

  test('takes the former spelling of `centering`, which overrides a preset', async () => {
    const last = async (options: object): Promise<ArrayLike<number>> => {
      let agop: ArrayLike<number> = [];
      for await (const step of recursiveFeatureMachine({ backend, kernel, x, y, iterations: 0, ...options }))
        agop = await (await step.agop()).read();
      return agop;
    };
    const centered = await last({ centering: 'output' });
    expect(await last({ centring: 'output' })).toEqual(centered);
    expect(await last({ ...presets.rfm2022, iterations: 0, centring: 'output' })).toEqual(centered);
    expect(await last({})).not.toEqual(centered);
  });

  test.each([
    ['centering', { centering: 'mean' as 'none' }],
    ['iterations', { iterations: -1 }],
    ['iterations', { iterations: 1.5 }],
    ['ridge', { ridge: -1 }],
    ['ridge', { ridge: Number.NaN }],
    ['power', { power: 0 }],
    ['agopSamples', { agopSamples: 0 }],
  ])('refuses a wrong %s', async (option, options) => {
    const run = async (): Promise<void> => {
      for await (const _ of recursiveFeatureMachine({ backend, kernel, x, y, ...options }));
    };
    await expect(run()).rejects.toMatchObject({ code: 'OPTION', option });
  });
});
