import {
  AbortedError,
  type Backend,
  NotPositiveDefiniteError,
  OptionError,
  ShapeError,
  type Tensor,
} from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  collapseMetrics,
  type DeepRecursionOptions,
  deepRecursiveFeatureMachine,
  identityMap,
  isLayerStep,
  type LayerStep,
  randomCosine,
  randomRelu,
} from '@agop/deep-rfm';
import { oneHot } from '@agop/estimators';
import { gaussian, innerProductKernel, matrixPower, recursiveFeatureMachine } from '@agop/rfm';
import { enginesWith } from '@agop/test-support/engines';
import { describe, expect, test } from 'vitest';
import { clouds } from './data.ts';

const classes = 3;
const data = clouds(60, 10, classes, 1.2);
const [n, d] = data.x.shape;
const labels = Int32Array.from(data.y, (label) => Number(label.slice(-1)));
const targets = oneHot(labels, classes).map((value) => 2 * value - 1);

/**
 * Runs the loop on the data; `visit` sees each layer. Checks that nothing is left behind, however it ends.
 */
async function run(
  backend: Backend,
  options: DeepRecursionOptions & { signal?: AbortSignal; x?: Tensor },
  visit: (step: LayerStep) => Promise<unknown> = async () => {},
): Promise<void> {
  const before = backend.memory().tensors;
  try {
    using x = backend.tensor(data.x.data, [n, d], 'float64');
    using y = backend.tensor(targets, [n, classes], 'float64');
    for await (const step of deepRecursiveFeatureMachine({ backend, x, y, ...options })) {
      if (isLayerStep(step)) await visit(step);
    }
  } finally {
    expect(backend.memory().tensors, 'tensors left behind').toBe(before);
  }
}

describe.each(enginesWith(2))('the layer loop on $name', ({ create }) => {
  test('NC1 falls over depth, by the projection and not by Φ', async () => {
    using backend = await create();
    const drops: { projection: number; map: number }[] = [];
    await run(
      backend,
      { depth: 5, featureMap: randomRelu({ width: 200 }) },
      async ({ input, projected, features }) => {
        const [a, b, c] = await Promise.all(
          [input, projected, features].map((x) => collapseMetrics(x, labels)),
        );
        drops.push({
          projection: Math.log10((a?.nc1.ratio as number) / (b?.nc1.ratio as number)),
          map: Math.log10((b?.nc1.ratio as number) / (c?.nc1.ratio as number)),
        });
      },
    );
    const sum = (of: 'projection' | 'map'): number => drops.reduce((total, drop) => total + drop[of], 0);
    expect(drops.every(({ projection }) => projection > 0)).toBe(true);
    expect(sum('projection')).toBeGreaterThan(1.5);
    expect(sum('map')).toBeLessThan(0.1 * sum('projection'));
  });

  test('without Φ it stalls: rows in as many dimensions as classes have nothing left to project away', async () => {
    using backend = await create();
    const projected: number[] = [];
    await run(backend, { depth: 4, featureMap: identityMap() }, async (step) => {
      projected.push((await collapseMetrics(step.projected, labels)).nc1.ratio);
    });
    expect(projected[3] as number).toBeGreaterThan(0.8 * (projected[0] as number));
  });

  test('M is the AGOP over its largest entry, the projection its root, rows have length 1', async () => {
    using backend = await create();
    await run(backend, { depth: 2, featureMap: randomRelu({ width: 30 }), ridge: 0.1 }, async (step) => {
      const { metric, weights, input, rows } = step;
      expect(Math.max(...(await metric.read()))).toBeCloseTo(1, 12);
      using squared = backend.matmul(weights.transform, weights.transform);
      const [expected, actual] = [await metric.read(), await squared.read()];
      for (const [at, value] of actual.entries()) expect(value).toBeCloseTo(expected[at] as number, 12);
      for (const tensor of [input, rows]) {
        using norms = backend.norm(tensor, 1);
        for (const norm of await norms.read()) expect(norm).toBeCloseTo(1, 12);
      }
    });
  });

  test('several iterations per layer are those of the Recursive Feature Machine', async () => {
    using backend = await create();
    const kernel = gaussian({ bandwidth: 1.5 });
    let expected: ArrayLike<number> = [];
    await run(
      backend,
      { depth: 1, iterations: 3, kernel, ridge: 0.01, featureMap: identityMap() },
      async (step) => {
        using y = backend.tensor(targets, [n, classes], 'float64');
        for await (const fit of recursiveFeatureMachine({
          backend,
          kernel,
          x: step.input,
          y,
          ridge: 0.01,
          iterations: 3,
        })) {
          if (fit.iteration === 3 && fit.metric.kind !== 'identity')
            expected = await fit.metric.tensor.read();
        }
        expect(await step.metric.read()).toEqual(expected);
        expect((await step.machine()).metric.kind).toBe('full');
      },
    );
    expect(expected.length).toBe(d * d);
  });

  test('power, normalisations and centering do what they say', async () => {
    using backend = await create();
    await run(
      backend,
      {
        depth: 1,
        power: 1,
        rowNormalization: 'none',
        normalization: 'none',
        centering: 'output',
        ridge: 0.1,
        featureMap: identityMap(),
      },
      async ({ input, metric, weights, projected, features }) => {
        expect(await input.read()).toEqual(data.x.data);
        expect(Math.max(...(await metric.read()))).not.toBeCloseTo(1, 2);
        using same = await matrixPower(backend, metric, 1);
        expect(await weights.transform.read()).toEqual(await same.read());
        expect(await features.read()).toEqual(await projected.read());
      },
    );
  });

  test('a row of zeros stays', async () => {
    using backend = await create();
    using x = backend.tensor(
      data.x.data.map((value, at) => (at < d ? 0 : value)),
      [n, d],
      'float64',
    );
    await run(
      backend,
      { x, depth: 1, ridge: 0.1, featureMap: randomRelu({ width: 20 }) },
      async ({ input, features }) => {
        expect([...(await input.read())].slice(0, d)).toEqual(new Array(d).fill(0));
        expect((await features.read()).every(Number.isFinite)).toBe(true);
      },
    );
  });

  test('the same seed gives the same layers, another does not', async () => {
    using backend = await create();
    const last = async (seed: number): Promise<ArrayLike<number>> => {
      let features: ArrayLike<number> = [];
      const featureMap = randomCosine({ bandwidth: 4, width: 16 });
      await run(backend, { depth: 2, ridge: 0.1, seed, featureMap }, async (step) => {
        features = await step.features.read();
      });
      return features;
    };
    const first = await last(4);
    expect(await last(4)).toEqual(first);
    expect(await last(5)).not.toEqual(first);
  });

  test('the last kernel machine is fitted only if asked for', async () => {
    using backend = await create();
    // Features that are all the same: no kernel machine without ridge could be fitted to them.
    const constantMap = {
      ...identityMap(),
      apply: (ops: Backend, x: Tensor) => ops.full([x.shape[0] as number, 4], 1, 'float64'),
    };
    let seen = 0;
    await run(backend, { depth: 1, featureMap: constantMap }, async () => {
      seen += 1;
    });
    expect(seen).toBe(1);
    await expect(
      run(backend, { depth: 1, featureMap: constantMap }, (step) => step.machine()),
    ).rejects.toThrow(NotPositiveDefiniteError);
    await expect(run(backend, { depth: 2, featureMap: constantMap })).rejects.toThrow(
      NotPositiveDefiniteError,
    );
  });

  test('leaving early, errors and aborts leave nothing behind', async () => {
    using backend = await create();
    const stop = new Error('enough');
    const featureMap = randomRelu({ width: 20 });
    for (const at of [1, 2]) {
      await expect(
        run(backend, { depth: 3, ridge: 0.1, featureMap }, async (step) => {
          if (step.layer === at) {
            await step.machine();
            throw stop;
          }
        }),
      ).rejects.toBe(stop);
    }
    const controller = new AbortController();
    await expect(
      run(backend, { depth: 3, ridge: 0.1, featureMap, signal: controller.signal }, async ({ layer }) => {
        if (layer === 2) controller.abort('too slow');
      }),
    ).rejects.toMatchObject({ code: 'ABORTED', cause: 'too slow' });
    await expect(run(backend, { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
    for (const part of ['draw', 'apply'] as const) {
      const failing = {
        ...featureMap,
        [part]: () => {
          throw stop;
        },
      };
      await expect(run(backend, { depth: 2, featureMap: failing })).rejects.toBe(stop);
    }
  });

  test('a map of the wrong size is a shape error', async () => {
    using backend = await create();
    const vector = { ...identityMap(), apply: (ops: Backend) => ops.full([3, 4], 1, 'float64') };
    await expect(run(backend, { depth: 2, featureMap: vector })).rejects.toThrow(ShapeError);
  });
});

const refused: readonly DeepRecursionOptions[] = [
  { depth: 0 },
  { depth: 2.5 },
  { ridge: -1 },
  { ridge: Number.NaN },
  { iterations: 0 },
  { power: 0 },
  { rowNormalization: 'max' as 'unit' },
  { seed: -1 },
  { normalization: 'unit' as 'max' },
  { centering: 'all' as 'none' },
];

test.each(refused)('%o is refused', async (options) => {
  using backend = createNaiveBackend();
  await expect(run(backend, options)).rejects.toThrow(OptionError);
});

test("the user's own kernel works", async () => {
  using backend = createNaiveBackend();
  const kernel = innerProductKernel('cubic', ({ u }) => u.add(1).pow(3), {});
  let layers = 0;
  await run(backend, { depth: 2, kernel, ridge: 0.1, featureMap: randomRelu({ width: 12 }) }, async () => {
    layers += 1;
  });
  expect(layers).toBe(2);
});
