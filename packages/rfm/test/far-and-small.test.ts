import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, type FloatDType, randomArray, ValueError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  exponentialPower,
  fullMetric,
  gaussian,
  type Kernel,
  KernelMachine,
  kernelMatrix,
  laplace,
  lpq,
  ntk,
  RFMClassifier,
  RFMRegressor,
  recursiveFeatureMachine,
} from '@agop/rfm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

// Metrics of some hundred features, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000 });

// Distances do not see where the origin of the features is, nor their unit; a point is at distance 0 from
// itself.

let wasm: Backend;
beforeAll(async () => {
  wasm = await createCpuBackend({ threads: 1 });
});
afterAll(() => wasm.dispose());

const rows = (n: number, d: number): number[][] =>
  Array.from({ length: n }, (_, i) => [...randomArray(d, 'normal', { seed: i }, 'float64')]);
const cell = (row: number[], j: number): number => row[j] as number;

const d = 4;
const points = rows(120, d);
const targets = points.map((row) => Math.sin(2 * cell(row, 0)) + cell(row, 1));

async function fitted(kernel: Kernel, dtype: FloatDType, move: (value: number, j: number) => number) {
  const x = points.map((row) => row.map(move));
  const form = kernel.geometry === 'power' ? ('transform' as const) : ('mahalanobis' as const);
  using model = new RFMRegressor({ backend: wasm, dtype, kernel, form, iterations: 3 });
  await model.fit(x.slice(0, 90), targets.slice(0, 90));
  return {
    score: await model.score(x.slice(90), targets.slice(90)),
    importances: await model.featureImportances(),
  };
}

describe.each([
  ['laplace', (unit: number) => laplace({ bandwidth: 5 * unit })],
  ['gaussian', (unit: number) => gaussian({ bandwidth: 2 * unit })],
  ['exponentialPower', (unit: number) => exponentialPower({ bandwidth: 5 * unit, exponent: 0.7 })],
  ['lpq', (unit: number) => lpq({ bandwidth: 5 * unit, p: 1.5, q: 0.8 })],
] as [string, (unit: number) => Kernel][])('%s', (_, kernel) => {
  test.each([
    ['float32', [1, 300, 1e4, 1e6, 1e9]],
    ['float64', [1e4, 1e6, 1e9]],
  ] as [FloatDType, number[]][])('the same model at any offset: %s', async (dtype, offsets) => {
    const expected = await fitted(kernel(1), dtype, (value) => value);
    expect(expected.score).toBeGreaterThan(0.9);
    for (const offset of offsets) {
      // What is left of the digits of the features at this offset.
      const digits = Math.max(dtype === 'float32' ? 1e-4 : 1e-9, offset * 1e-13);
      const { score, importances } = await fitted(kernel(1), dtype, (value, j) =>
        j === 3 ? value + offset : value,
      );
      expect(Math.abs(score - expected.score), `offset ${offset}`).toBeLessThan(10 * digits);
      importances.forEach((value, j) => {
        expect(Math.abs(value - cell([...expected.importances], j)), `offset ${offset}`).toBeLessThan(
          100 * digits,
        );
      });
    }
  });

  test.each([
    ['float32', [1e-12, 1e-3, 1e6, 1e12]],
    ['float64', [1e-100, 1e-30, 1e17, 1e30, 1e100]],
  ] as [FloatDType, number[]][])('the same model in any unit: %s', async (dtype, units) => {
    const expected = await fitted(kernel(1), dtype, (value) => value);
    for (const unit of units) {
      const { score, importances } = await fitted(kernel(unit), dtype, (value) => value * unit);
      expect(Math.abs(score - expected.score), `unit ${unit}`).toBeLessThan(
        dtype === 'float32' ? 1e-3 : 1e-9,
      );
      expect(importances.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
    }
  });

  test.each([
    ['float32', [1e-30, 1e30]],
    ['float64', [1e-200, 1e200]],
  ] as [FloatDType, number[]][])(
    'beyond what squares reach, an error that names the column: %s',
    async (dtype, units) => {
      for (const unit of units) {
        const fit = fitted(kernel(unit), dtype, (value) => value * unit);
        await expect(fit).rejects.toSatisfy(ValueError.isInstance);
        await expect(fit).rejects.toThrow(/column \d .*Rescale/s);
      }
    },
  );
});

describe.each(['float32', 'float64'] as const)(
  'more features than points, in a learned metric: %s',
  (dtype) => {
    test.each([
      [60, 400, 10],
      [40, 300, 5],
      [80, 450, 50],
    ])('n = %i, d = %i, bandwidth %i', async (n, features, bandwidth) => {
      const x = rows(n, features);
      using X = wasm.tensor(x.flat(), [n, features], dtype);
      using Y = wasm.tensor(
        x.map((row) => cell(row, 0) + cell(row, 1)),
        [n, 1],
        dtype,
      );
      const kernel = laplace({ bandwidth });
      for await (const step of recursiveFeatureMachine({
        backend: wasm,
        kernel,
        x: X,
        y: Y,
        iterations: 3,
      })) {
        using matrix = kernelMatrix(wasm, kernel, X, X, step.metric);
        const k = await matrix.read();
        for (let i = 0; i < n; i++) expect(k[i * n + i]).toBe(1);
        // The same points as another tensor: not the diagonal of a symmetric matrix, but the same rows.
        using copy = wasm.clone(X);
        using crossed = kernelMatrix(wasm, kernel, X, copy, step.metric);
        const cross = await crossed.read();
        for (let i = 0; i < n; i++) expect(cross[i * n + i]).toBe(1);
        using byGram = step.machine.agop(X, { method: 'gram' });
        using byGradients = step.machine.agop(X, { method: 'gradients' });
        const [gram, gradients] = [await byGram.read(), await byGradients.read()];
        const largest = Float64Array.from(gradients).reduce(
          (most, value) => Math.max(most, Math.abs(value)),
          0,
        );
        const tolerance = dtype === 'float32' ? 1e-3 : 1e-8;
        for (let at = 0; at < gram.length; at++) {
          expect(Math.abs(Number(gram[at]) - Number(gradients[at])) / largest).toBeLessThan(tolerance);
        }
      }
    });
  },
);

test('angles in a learned metric have its rounding', async () => {
  const [n, features, dtype] = [60, 400, 'float64'] as const;
  const x = rows(n, features);
  using X = wasm.tensor(x.flat(), [n, features], dtype);
  using Y = wasm.tensor(
    x.map((row) => cell(row, 0) + cell(row, 1)),
    [n, 1],
    dtype,
  );
  const loop = { backend: wasm, kernel: ntk({ depth: 2 }), x: X, y: Y, iterations: 3 };
  for await (const { machine } of recursiveFeatureMachine(loop)) {
    using agop = machine.agop(X, { method: 'gram' });
    using gradients = machine.gradients(X);
    const [found, g] = [await agop.read(), await gradients.read()];
    const [direct, at] = [new Float64Array(features), (k: number) => Number(found[k * features + k])];
    for (const [i, value] of g.entries()) {
      direct[i % features] = (direct[i % features] as number) + Number(value) ** 2 / n;
    }
    const largest = direct.reduce((most, value) => Math.max(most, value), 0);
    direct.forEach((value, k) => {
      expect(Math.abs(at(k) - value) / largest).toBeLessThan(1e-8);
    });
  }
});

test('distances in a full metric agree with direct differences in float64', async () => {
  const [n, features] = [30, 12];
  const naive = createNaiveBackend();
  const x = rows(n, features);
  const g = rows(3, features);
  const m = Array.from({ length: features }, (_, i) =>
    Array.from({ length: features }, (_, j) => g.reduce((sum, row) => sum + cell(row, i) * cell(row, j), 0)),
  );
  for (const dtype of ['float32', 'float64'] as const) {
    using X = naive.tensor(x.flat(), [n, features], dtype);
    using M = naive.tensor(m.flat(), [features, features], dtype);
    using K = kernelMatrix(naive, laplace({ bandwidth: 3 }), X, X, fullMetric(M));
    const k = await K.read();
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const difference = (x[i] as number[]).map((value, at) => value - cell(x[j] as number[], at));
        const s = g.reduce(
          (sum, row) => sum + row.reduce((dot, value, at) => dot + value * cell(difference, at), 0) ** 2,
          0,
        );
        const right = Math.exp(-Math.sqrt(s) / 3);
        expect(Math.abs(Number(k[i * n + j]) - right)).toBeLessThan(dtype === 'float32' ? 3e-3 : 1e-7);
      }
    }
  }
  naive.dispose();
});

test('a metric of zeros never becomes the next one: the fit ends with the last good one, and says so', async () => {
  const x = [0, 1].map((row) => Array.from({ length: 1000 }, (_, j) => (row === 0 ? j % 7 : j % 5)));
  using model = new RFMRegressor({ backend: wasm, kernel: laplace({ bandwidth: 0.5 }), iterations: 5 });
  const told: string[] = [];
  await model.fit(x, [0, 1], { onWarning: ({ code, message }) => told.push(`${code}: ${message}`) });
  const [low, high] = await model.predict(x);
  expect(low).toBeLessThan(0.01);
  expect(high).toBeGreaterThan(0.99);
  expect(told.join()).toMatch(/ended-early: Iteration 1 .* is 0/);
  expect(model.warnings.map(({ code }) => code)).toEqual(['ended-early']);
  expect(model.history).toHaveLength(1);
});

test('where float32 does not suffice the fit goes on in float64, and says so', async () => {
  // One column in two far clusters of close points: float32 cannot tell their distances.
  const x = Array.from({ length: 150 }, (_, i) => [(i % 2 === 0 ? 1 : -1) + Math.floor(i / 2) * 1e-4]);
  const labels = x.map((_, i) => (i % 2 === 0 ? 'near' : 'far'));
  using model = new RFMClassifier({ backend: wasm, kernel: laplace({ bandwidth: 10 }), iterations: 2 });
  const codes: string[] = [];
  await model.fit(x, labels, { onWarning: ({ code }) => codes.push(code) });
  expect(codes).toEqual(['float64']);
  expect(model.machine.coefficients.dtype).toBe('float64');
  expect(await model.score(x, labels)).toBe(1);
});

test('a kernel matrix that is not finite is not called one of duplicates', async () => {
  const backend = createNaiveBackend();
  using matrix = backend.tensor([1, Number.NaN, Number.NaN, Number.NaN], [2, 2], 'float64');
  await expect(backend.cholesky(matrix)).rejects.toThrow(/not finite.*overflowed/);
  await expect(backend.cholesky(matrix)).rejects.not.toThrow(/duplicate/);
  backend.dispose();
});

test('targets whose squares leave float64 are refused in words', async () => {
  for (const [unit, word] of [
    [1e200, 'large'],
    [1e-200, 'small'],
  ] as const) {
    using model = new RFMRegressor({ backend: wasm });
    const fit = model.fit(
      points,
      targets.map((value) => value * unit),
    );
    await expect(fit).rejects.toThrow(new RegExp(`too ${word}.*Rescale`));
  }
});

test('targets in any unit give the same model, or are refused in words where they are not standardized', async () => {
  const scores = async (unit: number, options = {}) => {
    using model = new RFMRegressor({ backend: wasm, iterations: 2, ...options });
    const y = targets.map((value) => value * unit);
    await model.fit(points.slice(0, 90), y.slice(0, 90));
    return [await model.score(points.slice(90), y.slice(90)), ...(await model.featureImportances())];
  };
  const expected = await scores(1);
  for (const unit of [1e-100, 1e-30, 1e30, 1e100]) {
    const found = await scores(unit);
    found.forEach((value, i) => {
      expect(Math.abs(value - cell(expected, i))).toBeLessThan(1e-4);
    });
    await expect(scores(unit, { standardizeTargets: false })).rejects.toThrow(/of y .*column 0.*Rescale/);
  }
});

test('a machine has its origin at the means, which travel with the model', async () => {
  const x = points.map((row) => row.map((value) => value + 7));
  using model = new RFMRegressor({ backend: wasm, iterations: 1 });
  await model.fit(x, targets);
  expect(model.origin).toHaveLength(d);
  for (const value of model.origin) expect(Math.abs(value - 7)).toBeLessThan(0.5);
  expect(model.machine).toBeInstanceOf(KernelMachine);
  using loaded = await RFMRegressor.load(await model.toBytes(), { backend: wasm });
  expect(loaded.origin).toEqual(model.origin);
  expect(await loaded.predict(x)).toEqual(await model.predict(x));
});
