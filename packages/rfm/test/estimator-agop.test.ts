import { type Backend, randomArray } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  averageGradientOuterProduct,
  featureWeights,
  gaussian,
  identityMetric,
  KernelMachine,
  laplace,
  lpq,
  RFMClassifier,
  RFMRegressor,
} from '@agop/rfm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { largest, normal, productTarget, worst } from './data.ts';

const [n, d] = [80, 4];
const x = { data: normal(n, d, 1), shape: [n, d] };
const y = productTarget(x.data, d);
const fresh = { data: normal(20, d, 2), shape: [20, d] };

let backend: Backend;
beforeEach(() => {
  backend = createNaiveBackend();
});
afterEach(() => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

describe('gradients and AGOP of an estimator', () => {
  test.each([1e-100, 1e-3, 1, 1e100])('are those of predict, in y times %d', async (unit) => {
    const both = Float64Array.from(
      { length: 2 * n },
      (_, at) =>
        unit * (at % 2 === 0 ? (y[at / 2] as number) : 5 + 30 * (x.data[((at - 1) / 2) * d + 2] as number)),
    );
    using model = new RFMRegressor({
      backend,
      kernel: gaussian({ bandwidth: 3 }),
      dtype: 'float64',
      iterations: 2,
    });
    await model.fit(x, { data: both, shape: [n, 2] });
    const gradients = await model.gradients(fresh);
    expect(gradients.shape).toEqual([20, 2, d]);
    const gradient = () => gradients;
    for (const centering of ['none', 'output', 'pooled'] as const) {
      for (const output of [undefined, 0, 1]) {
        const options = { centering, ...(output !== undefined && { output }) };
        const own = await model.agop(fresh, options);
        const scale = largest(own.data);
        const exact = await averageGradientOuterProduct({ gradient }, fresh, options);
        const differences = await averageGradientOuterProduct((rows) => model.predict(rows), fresh, options);
        expect(own.shape).toEqual([d, d]);
        expect(worst(own.data, exact.data) / scale).toBeLessThan(1e-10);
        expect(worst(own.data, differences.data) / scale).toBeLessThan(1e-6);
      }
    }
  });

  test('are in the units of y where the machine is in those of standardized y', async () => {
    using model = new RFMRegressor({ backend, iterations: 1, dtype: 'float64' });
    const far = y.map((value) => 1e5 + 300 * value);
    await model.fit(x, far);
    const mean = far.reduce((a, b) => a + b) / n;
    const variance = far.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    using ofMachine = model.machine.agop();
    const standardized = await ofMachine.read();
    const own = await model.agop(x, { diagonal: true });
    expect(own.shape).toEqual([1, d]);
    const expected = [...own.data].map((_, k) => (standardized[k * (d + 1)] as number) * variance);
    expect(worst(own.data, expected)).toBeLessThan(1e-8 * variance);
  });

  test('of a classifier are of its outputs, by class', async () => {
    using model = new RFMClassifier({ backend, kernel: laplace({ bandwidth: 3 }), iterations: 1 });
    await model.fit(
      x,
      Array.from(y, (value) => (value > 0 ? 'up' : 'down')),
    );
    const [all, down, up] = await Promise.all([
      model.agop(fresh),
      model.agop(fresh, { output: 0 }),
      model.agop(fresh, { output: 1 }),
    ]);
    const sum = down.data.map((value, at) => value + (up.data[at] as number));
    expect(worst(all.data, sum)).toBeLessThan(1e-5 * largest(sum));
    await expect(model.agop(fresh, { output: 2 })).rejects.toMatchObject({ code: 'OPTION' });
  });
});

describe('initialMetric', () => {
  test('begins a fit in the metric of another model, bit for bit', async () => {
    const settings = { backend, kernel: laplace({ bandwidth: 5 }) };
    using long = new RFMRegressor({ ...settings, iterations: 3, keepMetrics: true });
    await long.fit(x, y);
    using warm = new RFMRegressor({ ...settings, iterations: 0, initialMetric: await long.metric() });
    await warm.fit(x, y);
    expect(await warm.predict(fresh)).toEqual(await long.predict(fresh));
    expect((await warm.metric()).data).toEqual((await long.metric()).data);
    using restored = await RFMRegressor.load(await warm.toBytes(), { backend });
    expect(await restored.predict(fresh)).toEqual(await warm.predict(fresh));
  });

  test.each([1e-150, 1, 1e150])('takes an AGOP from elsewhere in any unit: %d', async (unit) => {
    const target = (rows: { data: Float64Array }) => productTarget(rows.data, d).map((value) => unit * value);
    const agop = await averageGradientOuterProduct(target, x);
    const settings = { backend, kernel: laplace({ bandwidth: 5 }), iterations: 1 };
    using warm = new RFMRegressor({ ...settings, iterations: 0, initialMetric: agop });
    using plain = new RFMRegressor({ ...settings, iterations: 0 });
    await Promise.all([warm.fit(x, y), plain.fit(x, y)]);
    const truth = productTarget(fresh.data, d);
    expect(await warm.score(fresh, truth)).toBeGreaterThan((await plain.score(fresh, truth)) + 0.1);
    // Iterations go on from it, also with a validation set that keeps the first or a later one.
    using further = new RFMRegressor({ ...settings, initialMetric: agop });
    await further.fit(x, y, { validation: 0.2 });
    expect(further.history).toHaveLength(2);
  });

  test('goes with weights, transforms and kernels of power distances', async () => {
    const weights = { data: [1, 1, 0.01, 0.01], shape: [1, d] };
    for (const options of [
      { diagonal: true },
      { form: 'transform' as const },
      { form: 'transform' as const, kernel: lpq({ bandwidth: 3, p: 1, q: 1 }), diagonal: true },
    ]) {
      using model = new RFMRegressor({ backend, iterations: 1, initialMetric: weights, ...options });
      await model.fit(x, y, { validation: 0.2 });
      expect(Number.isFinite(await model.score(fresh, productTarget(fresh.data, d)))).toBe(true);
    }
  });

  test.each([
    ['another shape', { data: [1, 2, 3], shape: [3] }],
    ['data that does not fill it', { data: [1, 2, 3], shape: [2, 2] }],
    ['NaN', { data: [1, Number.NaN], shape: [1, 2] }],
    ['no symmetry', { data: [1, 0.5, 0, 1], shape: [2, 2] }],
    ['a negative diagonal', { data: [1, 0, 0, -1], shape: [2, 2] }],
    ['zeros', { data: [0, 0], shape: [1, 2] }],
    ['null', null as never],
    ['a matrix of arrays', [[1]] as never],
  ])('is refused by the constructor for %s', (_, initialMetric) => {
    expect(() => new RFMRegressor({ backend, initialMetric })).toThrow(/initialMetric/);
  });

  test('is refused by fit where it is for other features', async () => {
    using model = new RFMRegressor({ backend, initialMetric: { data: [1, 1], shape: [1, 2] } });
    await expect(model.fit(x, y)).rejects.toMatchObject({ code: 'SHAPE' });
  });
});

describe('permutation importances', () => {
  test('tell signal from noise where the metric follows the noise', async () => {
    // One column decides the class, but 12 % of labels are flipped; the other column is noise.
    const rows = 240;
    const sex = randomArray(rows, 'uniform', { seed: 3 }, 'float64').map((u) => (u < 0.5 ? 0 : 1));
    const fare = randomArray(rows, 'normal', { seed: 4 }, 'float64');
    const flips = randomArray(rows, 'uniform', { seed: 5 }, 'float64');
    const table = Array.from({ length: rows }, (_, i) => [fare[i] as number, sex[i] as number]);
    const labels = Array.from(sex, (value, i) => ((flips[i] as number) < 0.12 ? 1 - value : value));
    const half = rows / 2;
    using model = new RFMClassifier({ backend, kernel: laplace({ bandwidth: 10 }), iterations: 5 });
    await model.fit(table.slice(0, half), labels.slice(0, half));
    const [ofFare = 0, ofSex = 0] = await model.featureImportances();
    expect(ofFare).toBeGreaterThan(ofSex);
    const held = [table.slice(half), labels.slice(half)] as const;
    const { score, mean, deviation, drops } = await model.permutationImportances(...held, { repeats: 8 });
    expect(score).toBe(await model.score(...held));
    expect(mean[1]).toBeGreaterThan(4 * Math.abs(mean[0] as number));
    expect(mean[1]).toBeGreaterThan(3 * (deviation[1] as number));
    expect(drops.map((values) => values.length)).toEqual([8, 8]);
  });

  test('permute groups together, by a seed, and leave no trace in the rows', async () => {
    using model = new RFMRegressor({ backend, kernel: laplace({ bandwidth: 5 }), iterations: 2 });
    await model.fit(x, y);
    const before = Float64Array.from(fresh.data);
    const truth = productTarget(fresh.data, d);
    const groups = [[0, 1], [2], []];
    const first = await model.permutationImportances(fresh, truth, { groups, seed: 1 });
    expect(fresh.data).toEqual(before);
    expect(await model.permutationImportances(fresh, truth, { groups, seed: 1 })).toEqual(first);
    expect(await model.permutationImportances(fresh, truth, { groups, seed: 2 })).not.toEqual(first);
    expect(first.mean[0]).toBeGreaterThan(10 * Math.abs(first.mean[1] as number));
    expect(first.mean[2]).toBe(0);
  });

  test('refuses what it cannot do with typed errors', async () => {
    using model = new RFMRegressor({ backend, iterations: 0 });
    await expect(model.permutationImportances(x, y)).rejects.toMatchObject({ code: 'NOT_FITTED' });
    await model.fit(x, y);
    const refused = (options: object) => expect(model.permutationImportances(x, y, options)).rejects;
    await refused({ groups: [[4]] }).toMatchObject({ code: 'OPTION' });
    await refused({ groups: [1] }).toMatchObject({ code: 'OPTION' });
    await refused({ repeat: 3 }).toThrow(/Did you mean `?repeats/);
    await expect(model.agop(x, { outptu: 1 } as object)).rejects.toThrow(/Did you mean `?output/);
    await refused({ repeats: 0 }).toMatchObject({ code: 'OPTION' });
    await refused({ signal: AbortSignal.abort() }).toMatchObject({ code: 'ABORTED' });
    await expect(model.permutationImportances([[1, 2, 3, 4]], [1])).rejects.toMatchObject({ code: 'VALUE' });
    await expect(model.permutationImportances(x, [1, 2])).rejects.toMatchObject({ code: 'SHAPE' });
  });
});

test.each([1e-30, 1e-25, 1e25, 1e30])(
  'weights of features, up to a factor, of outputs times %f',
  async (unit) => {
    using centers = backend.tensor(Float32Array.from(x.data), [n, d], 'float32');
    const weightsOf = async (scale: number): Promise<Float64Array> => {
      using coefficients = backend.tensor(
        y.map((value) => value * scale),
        [n, 1],
        'float32',
      );
      const kernel = gaussian({ bandwidth: 2 });
      const machine = new KernelMachine({ backend, kernel, metric: identityMetric, centers, coefficients });
      const weights = await featureWeights(machine);
      machine.dispose();
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return weights.map((weight) => weight / total);
    };
    const [expected, found] = [await weightsOf(1), await weightsOf(unit)];
    expect(worst(found, expected)).toBeLessThan(1e-5);
  },
);
