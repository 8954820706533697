import { createCpuBackend } from '@agop/backend-cpu';
import {
  type Backend,
  compileScalar,
  type Expression,
  type FloatDType,
  inputNames,
  NotPositiveDefiniteError,
  randomArray,
  ValueError,
} from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import type { FitWarning } from '@agop/estimators';
import {
  exponentialPower,
  fullMetric,
  gaussian,
  identityMetric,
  type Kernel,
  KernelMachine,
  type KernelParameterTable,
  kernelMatrix,
  kernels,
  laplace,
  lpq,
  ntk,
  type RegressorOptions,
  RFMClassifier,
  RFMRegressor,
  recursiveFeatureMachine,
} from '@agop/rfm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { exampleOptions } from './kernel-examples.ts';

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
        // Bandwidths without squares are refused by the kernels themselves.
        const bandwidth = Math.min(1e140, Math.max(1e-140, unit));
        const fit = fitted(kernel(bandwidth), dtype, (value) => value * unit);
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

/** A kernel of each definition in the table, with length scales that suit so many normal features. */
const everyKernel = Object.entries(kernels).map(([name, definition]) => {
  const make = (features: number): Kernel => {
    const table: KernelParameterTable = definition.parameters;
    const given = { ...exampleOptions(table), depth: 2, exponent: 0.9, p: 1.5, q: 0.8 };
    const bandwidth = 1.5 * (name === 'product' || name === 'lpq' ? features : Math.sqrt(features));
    const saved = Object.entries(table).map(([option, { savedAs = option }]) => [
      savedAs,
      option === 'bandwidth' ? bandwidth : given[option as keyof typeof given],
    ]);
    return definition.restore(Object.fromEntries(saved));
  };
  return [name, make] as const;
});

/** What a kernel of two points is, and its derivatives by their products or differences, in float64. */
function kernelAt(kernel: Kernel) {
  const evaluator = (expression: Expression) => {
    const names = inputNames(expression);
    const compute = compileScalar(expression);
    return (inputs: Readonly<Record<string, number>>): number =>
      compute(names.map((name) => ({ epsilon: 0, roundingP: 0, roundingQ: 0, ...inputs })[name] as number));
  };
  const { parameters } = kernel;
  const value = evaluator(kernel.value);
  const dot = (a: number[], b: number[]): number => a.reduce((sum, v, k) => sum + v * cell(b, k), 0);
  if (kernel.geometry === 'inner') {
    const [slopeU, slopeP] = [evaluator(kernel.derivatives.u), evaluator(kernel.derivatives.p)];
    return (x: number[], z: number[]) => {
      const t = x.map((v, k) => v - cell(z, k));
      // Of distances the square of the difference itself is taken.
      const isSame = t.every((v) => v === 0);
      const [p, q] = [dot(x, x), dot(z, z)];
      // The angle of a point to itself is 0.
      const rounding = isSame ? 1e-12 : 0;
      const inputs = kernel.radial
        ? { ...parameters, u: 0, p: dot(t, t), q: 0 }
        : { ...parameters, u: dot(x, z), p, q, roundingP: rounding * p, roundingQ: rounding * q };
      const [byU, byP] = kernel.radial && isSame ? [0, 0] : [slopeU(inputs), slopeP(inputs)];
      const gradient = kernel.radial
        ? t.map((v) => -byU * v)
        : x.map((v, k) => byU * cell(z, k) + 2 * byP * v);
      return { value: value(inputs), gradient };
    };
  }
  const slope = evaluator(kernel.derivative);
  const isPower = kernel.geometry === 'power';
  const part = isPower ? undefined : evaluator(kernel.part);
  const partSlope = isPower ? undefined : evaluator(kernel.partDerivative);
  return (x: number[], z: number[]) => {
    const t = x.map((v, k) => v - cell(z, k));
    const size = (v: number): number =>
      isPower ? Math.abs(v) ** kernel.p : Number(part?.({ ...parameters, t: Math.abs(v) }));
    const inputs = { ...parameters, features: x.length, s: t.reduce((sum, v) => sum + size(v), 0) };
    const steepness = (v: number): number =>
      isPower
        ? kernel.p * Math.abs(v) ** (kernel.p - 1)
        : Number(partSlope?.({ ...parameters, t: Math.abs(v) }));
    const gradient = t.map((v) => (v === 0 ? 0 : slope(inputs) * steepness(v) * Math.sign(v)));
    return { value: value(inputs), gradient };
  };
}

const furthest = (found: ArrayLike<number>, right: ArrayLike<number>): number => {
  const size = Array.from(right).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const off = Array.from(found).reduce((most, v, at) => Math.max(most, Math.abs(v - Number(right[at]))), 0);
  return off / size;
};

describe.each(everyKernel)('every kernel against float64 by direct differences: %s', (_, make) => {
  test.each([
    ['float32', 40, 7],
    ['float32', 12, 60],
    ['float64', 40, 7],
    ['float64', 12, 60],
  ] as const)('matrix, gradients and AGOP: %s, n = %i, d = %i', async (dtype, n, features) => {
    const kernel = make(features);
    const tolerance = dtype === 'float32' ? 1e-5 : 1e-12;
    const x = rows(n, features).map((row) => [...Float32Array.from(row)]);
    const alpha = [...Float32Array.from(randomArray(n, 'normal', { seed: 1000 }, 'float64'))];
    const at = kernelAt(kernel);
    const pairs = x.map((row) => x.map((center) => at(row, center)));
    const gradients = pairs.map((of) =>
      Array.from({ length: features }, (_, k) =>
        of.reduce((sum, pair, j) => sum + cell(alpha, j) * cell(pair.gradient, k), 0),
      ),
    );
    using centers = wasm.tensor(x.flat(), [n, features], dtype);
    using samples = wasm.clone(centers);
    using machine = new KernelMachine({
      ...{ backend: wasm, kernel, metric: identityMetric, centers },
      coefficients: wasm.tensor(alpha, [n, 1], dtype),
    });
    const right = pairs.flatMap((of) => of.map(({ value }) => value));
    for (const rowsOf of [centers, samples]) {
      using matrix = kernelMatrix(wasm, kernel, rowsOf, centers, identityMetric);
      expect(furthest(await matrix.read(), right)).toBeLessThan(tolerance);
      using found = machine.gradients(rowsOf);
      expect(furthest(await found.read(), gradients.flat())).toBeLessThan(tolerance);
      using agop = machine.agop(rowsOf);
      const outer = Array.from({ length: features ** 2 }, (_, kl) => {
        const [k, l] = [Math.floor(kl / features), kl % features];
        return gradients.reduce((sum, g) => sum + cell(g, k) * cell(g, l), 0) / n;
      });
      expect(furthest(await agop.read(), outer)).toBeLessThan(tolerance);
    }
  });

  // Learned metrics are nearly of low rank: what they take away is rounding that must not come back.
  test.each([
    ['float32', 60, 150],
    ['float32', 60, 10],
    ['float64', 60, 150],
  ] as const)(
    'the AGOP in a learned metric is that of its gradients: %s, n = %i, d = %i',
    async (dtype, n, features) => {
      const kernel = make(features);
      const x = rows(n, features);
      using X = wasm.tensor(x.flat(), [n, features], dtype);
      using Y = wasm.tensor(
        x.map((row) => cell(row, 0) + cell(row, 1)),
        [n, 1],
        dtype,
      );
      const form = kernel.geometry === 'inner' ? ('mahalanobis' as const) : ('transform' as const);
      const loop = { backend: wasm, kernel, x: X, y: Y, form, ridge: 1e-2, iterations: 2 };
      for await (const { machine } of recursiveFeatureMachine(loop)) {
        using agop = machine.agop();
        using found = machine.gradients(X);
        using flat = wasm.reshape(wasm.cast(found, 'float64'), [n, features], { consume: true });
        using gram = wasm.gram(flat, { transpose: true, alpha: 1 / n });
        expect(furthest(await agop.read(), await gram.read())).toBeLessThan(
          dtype === 'float32' ? 1e-5 : 1e-13,
        );
      }
    },
  );
});

describe.each(everyKernel)('raw tensors far from 0: %s', (_, make) => {
  const [n, features] = [40, 5];
  const near = rows(n, features);
  const targetsOf = near.map((row) => Math.sin(cell(row, 0)) + cell(row, 1));
  const kernel = make(features);

  /** Kernel matrices and what the loop learns, of points that are these exactly. */
  async function learned(dtype: FloatDType, x: number[][]) {
    using points = wasm.tensor(x.flat(), [n, features], dtype);
    using others = wasm.rows(points, 0, 7);
    using Y = wasm.tensor(targetsOf, [n, 1], dtype);
    using own = kernelMatrix(wasm, kernel, points, points, identityMetric);
    using cross = kernelMatrix(wasm, kernel, others, points, identityMetric);
    const found = [[...(await own.read())], [...(await cross.read())]];
    const form = kernel.geometry === 'inner' ? ('mahalanobis' as const) : ('transform' as const);
    const loop = { backend: wasm, kernel, x: points, y: Y, form, ridge: 1e-2, iterations: 1 };
    for await (const { machine } of recursiveFeatureMachine(loop)) {
      using predictions = machine.predict(others);
      using agop = machine.agop(others);
      found.push([...(await predictions.read())], [...(await agop.read())]);
    }
    return found;
  }

  const isOfDistances = kernel.geometry !== 'inner' || kernel.radial;
  test.runIf(isOfDistances).each([
    ['float32', [1, 10, 300, 1e4, 1e6]],
    ['float64', [1, 300, 1e4, 1e6]],
  ] as [FloatDType, number[]][])('the same matrix and loop at any offset: %s', async (dtype, offsets) => {
    for (const offset of offsets) {
      // What the tensors hold of points at this offset, without it.
      const moved = near.map((row) =>
        row.map((value, j) => (j % 2 === 0 ? value : value + offset * (j + 1))),
      );
      const held = dtype === 'float32' ? moved.map((row) => [...Float32Array.from(row)]) : moved;
      const back = held.map((row) => row.map((v, j) => (j % 2 === 0 ? v : v - offset * (j + 1))));
      const [found, right] = [await learned(dtype, held), await learned('float64', back)];
      found.forEach((values, at) => {
        const tolerance = dtype === 'float32' ? 2e-4 : 1e-9;
        expect(furthest(values, right[at] as number[]), `offset ${offset}, ${at}`).toBeLessThan(tolerance);
      });
      expect(wasm.memory().tensors).toBe(0);
    }
  });
});

test('points near 0 keep their bits: nothing is subtracted from them', async () => {
  const x = rows(50, 6);
  using points = wasm.tensor(x.flat(), [50, 6], 'float32');
  using Y = wasm.tensor(
    x.map((row) => cell(row, 0)),
    [50, 1],
    'float32',
  );
  const outputs: number[][] = [];
  for (const centered of [true, false]) {
    const loop = {
      backend: wasm,
      kernel: laplace({ bandwidth: 3 }),
      x: points,
      y: Y,
      iterations: 2,
      centered,
    };
    for await (const { machine } of recursiveFeatureMachine(loop)) {
      expect(machine.origin).toBeUndefined();
      using found = machine.predict(points);
      outputs.push([...(await found.read())]);
    }
  }
  expect(outputs.slice(3)).toEqual(outputs.slice(0, 3));
});

describe.each(everyKernel)('rows far from 0 that the kernel sees: %s', (_, make) => {
  const kernel = make(d);
  const seen = kernel.geometry === 'inner' && !kernel.radial;

  async function warningsAt(offset: number, dtype: FloatDType) {
    const x = points.map((row) => row.map((value, j) => (j === 2 ? value + offset : value)));
    const form = kernel.geometry === 'inner' ? ('mahalanobis' as const) : ('transform' as const);
    using model = new RFMRegressor({ backend: wasm, dtype, kernel, form, ridge: 0.1, iterations: 0 });
    const said: FitWarning[] = [];
    try {
      await model.fit(x, targets, { onWarning: (warning) => said.push(warning) });
      expect(model.warnings).toEqual(said);
    } catch (error) {
      // What could be told before.
      expect(error).toSatisfy(NotPositiveDefiniteError.isInstance);
    }
    return { codes: said.map(({ code }) => code), text: said.map(({ message }) => message).join() };
  }

  test('the fit goes on in float64, or says that it sees little else', async () => {
    expect((await warningsAt(10, 'float32')).codes).toEqual([]);
    const far = await warningsAt(1e4, 'float32');
    const beyond = await warningsAt(1e9, 'float64');
    expect(far.codes).toEqual(seen ? ['float64'] : []);
    expect(beyond.codes).toEqual(seen ? ['far-from-zero'] : []);
    for (const { text } of seen ? [far, beyond] : []) expect(text).toMatch(/column 2, .*Subtract the means/);
  });
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
  const before = wasm.memory().tensors;
  const onWarning = () => {
    throw new RangeError('mine');
  };
  await expect(model.fit(x, [0, 1], { onWarning })).rejects.toThrow(new RangeError('mine'));
  expect(wasm.memory().tensors).toBe(before);
});

test('a model that predicts the same everywhere is never made without a word', async () => {
  const x = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(3 * i), i % 5]);
  const y = x.map(([a, b]) => (a as number) * (b as number));
  const codesOf = async (options: Partial<RegressorOptions>, targets: readonly unknown[] = y) => {
    const told: string[] = [];
    using model = new RFMRegressor({ backend: wasm, iterations: 2, ...options });
    await model.fit(x, targets as number[], { onWarning: ({ code }) => told.push(code) });
    expect(model.warnings.map(({ code }) => code)).toEqual(told);
    return told;
  };
  expect(await codesOf({ kernel: gaussian({ bandwidth: 1e6 }) })).toEqual(['constant']);
  expect(await codesOf({ kernel: gaussian({ bandwidth: 1e12 }), dtype: 'float64' })).toEqual(['constant']);
  expect(await codesOf({ kernel: laplace({ bandwidth: 1e20 }), dtype: 'float64' })).toEqual(['constant']);
  expect(await codesOf({ ridge: 1e9 })).toEqual(['constant']);
  expect(await codesOf({ kernel: laplace({ bandwidth: 1e4 }), dtype: 'float64' })).toEqual([]);
  expect(await codesOf({ ridge: 100 })).toEqual([]);
  const twoOutputs = y.map((value) => [value, value > 0.9 ? 1 : 0]);
  expect(await codesOf({}, twoOutputs)).toEqual([]);
  const before = wasm.memory().tensors;
  using model = new RFMRegressor({ backend: wasm, ridge: 1e9 });
  const onWarning = () => {
    throw new RangeError('mine');
  };
  await expect(model.fit(x, y, { onWarning })).rejects.toThrow(new RangeError('mine'));
  expect(wasm.memory().tensors).toBe(before);
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

test.each(['ntk', 'nngp'] as const)('%s of points without length in the metric is a number', async (name) => {
  // The points lie on a line that the metric v vᵀ does not see: xᵀMx is 0 but for rounding of either sign.
  const v = [3, -0.1, 0.7];
  const x = points.flatMap((row) => [0.1, 3, 0].map((value) => 1e4 * cell(row, 0) * value));
  for (const dtype of ['float32', 'float64'] as const) {
    using at = wasm.tensor(x, [points.length, 3], dtype);
    using m = wasm.tensor(
      v.flatMap((a) => v.map((b) => a * b)),
      [3, 3],
      dtype,
    );
    using matrix = kernelMatrix(wasm, kernels[name]({ depth: 2 }), at, at, fullMetric(m));
    expect((await matrix.read()).every(Number.isFinite)).toBe(true);
  }
});
