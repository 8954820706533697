import { type Backend, Scope, type Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { featureLearning, Lazy, nextMetric, resolveMetricUpdate, subsetRows } from '@agop/rfm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { largest, normal, normalTensor, worst } from './data.ts';

let backend: Backend;
beforeEach(() => {
  backend = createNaiveBackend();
});
// Whatever a test is about, it leaves nothing alive.
afterEach(() => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

describe('the loop of feature learning', () => {
  /** Metrics are numbers in a tensor; a machine doubles its metric, and its AGOP adds 1. */
  const loopOf = (iterations: number, signal?: AbortSignal) => {
    const calls: string[] = [];
    const loop = featureLearning<Tensor, Tensor | undefined>({
      iterations,
      initialMetric: undefined,
      signal,
      async fit(metric, iteration) {
        calls.push(`fit ${iteration}`);
        return backend.full([1], 2 * Number((await metric?.read())?.[0] ?? 1), 'float64');
      },
      async agop(machine, iteration) {
        calls.push(`agop ${iteration}`);
        return backend.full([1], Number((await machine.read())[0]) + 1, 'float64');
      },
      next(agop, iteration) {
        calls.push(`next ${iteration}`);
        return Promise.resolve(backend.clone(agop));
      },
      release: (metric) => metric?.dispose(),
    });
    return { loop, calls };
  };

  test('computes no more than it needs, and nothing twice', async () => {
    const { loop, calls } = loopOf(2);
    const machines: number[] = [];
    for await (const step of loop) {
      machines.push(Number((await step.machine.read())[0]));
      if (step.iteration === 1) expect(await step.agop()).toBe(await step.agop());
    }
    expect(machines).toEqual([2, 6, 14]);
    expect(calls).toEqual(['fit 0', 'agop 0', 'next 0', 'fit 1', 'agop 1', 'next 1', 'fit 2']);
  });

  test('hands over what is taken, machine and metric or the metric alone', async () => {
    const { loop } = loopOf(3);
    const taken: (Tensor | undefined)[] = [];
    for await (const step of loop) {
      if (step.iteration === 1) taken.push(step.takeMetric());
      if (step.iteration === 2) taken.push(step.take().machine, step.metric);
    }
    const values = await Promise.all(taken.map(async (tensor) => Number((await tensor?.read())?.[0])));
    expect(values).toEqual([3, 14, 7]);
    for (const tensor of taken) tensor?.dispose();
  });

  test('frees what it owns where a computation was begun and the loop is left', async () => {
    for await (const step of loopOf(3).loop) {
      if (step.iteration === 0) continue;
      void step.nextMetric();
      break;
    }
  });

  test('stops on a signal', async () => {
    const controller = new AbortController();
    const run = async (): Promise<void> => {
      for await (const _ of loopOf(3, controller.signal).loop) controller.abort();
    };
    await expect(run()).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

test('a lazy value that fails frees nothing and tells each who asks', async () => {
  const lazy = new Lazy<Tensor>(
    () => Promise.reject(new Error('no')),
    (tensor) => tensor.dispose(),
  );
  expect(lazy.started).toBe(false);
  await expect(lazy.get()).rejects.toThrow('no');
  await expect(lazy.take()).rejects.toThrow('no');
  expect(lazy.started).toBe(true);
  await lazy.dispose();
});

describe('the metric update', () => {
  const d = 4;
  const update = async (options: Parameters<typeof resolveMetricUpdate>[0]): Promise<ArrayLike<number>> => {
    using scope = new Scope(backend);
    const root = scope.own(normalTensor(backend, d, d, 1));
    const agop = scope.ops.gram(root);
    const metric = await nextMetric(
      backend,
      options.diagonal ? scope.ops.reshape(scope.ops.diagonal(agop), [1, d]) : agop,
      resolveMetricUpdate(options),
    );
    if (metric.kind === 'identity') throw new TypeError('a metric of a tensor');
    return await scope.own(metric.tensor).read();
  };

  test.each([1, 0.5])('has Frobenius norm 1 after the power %f', async (power) => {
    for (const diagonal of [false, true]) {
      const scaled = await update({ normalization: 'frobenius', power, diagonal });
      const plain = await update({ normalization: 'none', power, diagonal });
      const norm = Math.hypot(...Array.from(plain));
      expect(
        worst(
          scaled,
          Array.from(plain, (value) => value / norm),
        ),
      ).toBeLessThan(1e-15);
    }
  });

  test('has the largest entry 1 before the power', async () => {
    expect(largest(await update({}))).toBeCloseTo(1, 15);
    const [root, half] = [await update({ diagonal: true, power: 0.5 }), await update({ diagonal: true })];
    expect(worst(root, Array.from(half, Math.sqrt))).toBeLessThan(1e-15);
  });
});

test('a subset of rows keeps their order and shape, and all rows are no subset', async () => {
  using x = backend.tensor(normal(6, 4, 1), [6, 2, 2], 'float64');
  using subset = subsetRows(backend, x, 3, { seed: 1 });
  expect(subset?.shape).toEqual([3, 2, 2]);
  const [all, some] = [await x.read(), (await subset?.read()) ?? []];
  const places = [0, 1, 2].map((i) => Array.from(all).indexOf(some[4 * i] as number) / 4);
  expect(places).toEqual(Array.from(places).sort());
  expect(new Set(places).size).toBe(3);
  expect(subsetRows(backend, x, 6, { seed: 1 })).toBeUndefined();
});
