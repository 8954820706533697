import { type Backend, type FloatDType, randomArray, Scope, type Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  diagonalMetric,
  fullMetric,
  identityMetric,
  innerProductKernel,
  type Kernel,
  KernelMachine,
  laplace,
  lpq,
  type Metric,
  ntk,
  radialKernel,
} from '@agop/rfm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { largest, normal, normalTensor, worst } from './data.ts';
import { builtInKernels } from './kernel-examples.ts';

const [n, m, d, c] = [6, 9, 4, 2];

const kernels: Record<string, Kernel> = {
  ...builtInKernels(),
  'lpq p 2': lpq({ bandwidth: 2, p: 2, q: 1.2 }),
  'lpq p 1.5': lpq({ bandwidth: 2, p: 1.5, q: 1.2 }),
  'a radial kernel of the user': radialKernel(
    'cauchy',
    (s, { bandwidth }) => s.div(bandwidth.pow(2)).add(1).reciprocal(),
    { bandwidth: 3 },
  ),
  'an inner product kernel of the user': innerProductKernel(
    'polynomial',
    ({ u, p, q }, { offset }) => u.add(offset).pow(3).add(p.mul(q)),
    { offset: 0.5 },
  ),
};

describe.each(Object.entries(kernels))('gradients of %s', (_, kernel) => {
  let backend: Backend;
  let x: Tensor;
  let centers: Tensor;
  let alpha: Tensor;
  const metrics: Record<string, Metric> = { identity: identityMetric };

  beforeAll(() => {
    backend = createNaiveBackend();
    x = normalTensor(backend, n, d, 1);
    centers = normalTensor(backend, m, d, 2);
    alpha = normalTensor(backend, m, c, 3);
    const root = normalTensor(backend, d, d, 4);
    const weights = backend.tensor([0.5, 2, 0, 1.2], [1, d], 'float64');
    if (kernel.geometry === 'inner') {
      metrics['full Mahalanobis'] = fullMetric(backend.gram(root));
      metrics['diagonal Mahalanobis'] = diagonalMetric(weights);
    }
    metrics['full transform'] = fullMetric(backend.gram(root), 'transform');
    metrics['diagonal transform'] = diagonalMetric(weights, 'transform');
  });
  afterAll(() => backend.dispose());

  const predictionsAt = async (machine: KernelMachine, values: Float64Array): Promise<ArrayLike<number>> => {
    using points = backend.tensor(values, [n, d], 'float64');
    using predictions = machine.predict(points);
    return await predictions.read();
  };

  test('agree with central differences in every metric', async () => {
    for (const [name, metric] of Object.entries(metrics)) {
      using machine = new KernelMachine({
        backend,
        kernel,
        metric,
        centers,
        coefficients: backend.clone(alpha),
      });
      using gradients = machine.gradients(x);
      const actual = await gradients.read();
      const expected = new Float64Array(n * c * d);
      const h = 1e-5;
      for (let k = 0; k < d; k++) {
        const shifted = (by: number) => normal(n, d, 1).map((v, i) => (i % d === k ? v + by : v));
        const above = await predictionsAt(machine, shifted(h));
        const below = await predictionsAt(machine, shifted(-h));
        for (let i = 0; i < n * c; i++) {
          expected[i * d + k] = ((above[i] as number) - (below[i] as number)) / (2 * h);
        }
      }
      const scale = Math.max(1, worst(expected, new Float64Array(expected.length)));
      expect(worst(actual, expected) / scale, name).toBeLessThan(1e-7);
    }
  });

  test('average to the AGOP, computed in either way, centered or not', async () => {
    for (const [name, metric] of Object.entries(metrics)) {
      using machine = new KernelMachine({
        backend,
        kernel,
        metric,
        centers,
        coefficients: backend.clone(alpha),
      });
      using gradients = machine.gradients(x);
      const g = await gradients.read();
      for (const centering of ['none', 'output', 'pooled'] as const) {
        const expected = directAgop(g, centering);
        const diagonal = Float64Array.from({ length: d }, (_, k) => expected[k * d + k] as number);
        for (const method of ['gradients', 'gram', 'auto'] as const) {
          using full = machine.agop(x, { centering, method });
          using entries = machine.agop(x, { centering, method, diagonal: true });
          const where = `${name}, ${centering}, ${method}`;
          const tolerance = 1e-11 * Math.max(...diagonal);
          expect(worst(await full.read(), expected), where).toBeLessThan(tolerance);
          expect(worst(await entries.read(), diagonal), where).toBeLessThan(tolerance);
        }
      }
    }
  });
});

/** The definition, on gradients [n, c, d]. */
function directAgop(g: ArrayLike<number>, centering: 'none' | 'output' | 'pooled'): Float64Array {
  const at = (i: number, o: number, k: number) => g[(i * c + o) * d + k] as number;
  const mean = (o: number, k: number): number => {
    let sum = 0;
    if (centering === 'output') for (let i = 0; i < n; i++) sum += at(i, o, k) / n;
    if (centering === 'pooled') {
      for (let i = 0; i < n; i++) for (let q = 0; q < c; q++) sum += at(i, q, k) / (n * c);
    }
    return sum;
  };
  const agop = new Float64Array(d * d);
  for (let i = 0; i < n; i++) {
    for (let o = 0; o < c; o++) {
      for (let k = 0; k < d; k++) {
        for (let l = 0; l < d; l++) {
          const product = (at(i, o, k) - mean(o, k)) * (at(i, o, l) - mean(o, l));
          agop[k * d + l] = (agop[k * d + l] as number) + product / n;
        }
      }
    }
  }
  return agop;
}

describe('coincident points', () => {
  test.each(['float64', 'float32'] as const)(
    'have distance exactly 0 and no gradient in %s',
    async (dtype) => {
      using backend = createNaiveBackend();
      const d = 100;
      using x = normalTensor(backend, 20, d, 5, dtype);
      using alpha = backend.full([20, 1], 1, dtype);
      using machine = new KernelMachine({
        backend,
        kernel: laplace({ bandwidth: 1e-3 }),
        metric: identityMetric,
        centers: x,
        coefficients: alpha,
      });
      // With such a small bandwidth only the pair of a point with itself counts: k = 1, gradient 0.
      using predictions = machine.predict(x);
      using gradients = machine.gradients(x);
      expect([...(await predictions.read())]).toEqual(new Array(20).fill(1));
      expect((await gradients.read()).every((g) => g === 0)).toBe(true);
    },
  );
});

test('ntk in float32 and in metrics that are nearly of rank one: the error that its documentation names', async () => {
  using backend = createNaiveBackend();
  const [n, d] = [20, 3];
  const gradientsOf = async (seed: number, rest: number, dtype: FloatDType) => {
    using scope = new Scope(backend);
    const { ops } = scope;
    const data = randomArray(n * d, 'normal', { seed }, 'float32');
    const weights = randomArray(n, 'normal', { seed, stream: 1 }, 'float32');
    const machine = new KernelMachine({
      ...{ backend, kernel: ntk({ depth: 3 }) },
      metric: fullMetric(ops.tensor([1, 0, 0, 0, rest, 0, 0, 0, rest], [d, d], dtype)),
      ...{ centers: ops.tensor(data, [n, d], dtype), coefficients: ops.tensor(weights, [n, 1], dtype) },
    });
    const gradients = await scope.own(machine.gradients(machine.centers)).read();
    machine.dispose();
    return gradients;
  };
  for (let seed = 0; seed < 6; seed++) {
    for (const [rest, most] of [
      [1, 2e-6],
      [2 ** -20, 5e-2],
    ] as const) {
      const [single, double] = [
        await gradientsOf(seed, rest, 'float32'),
        await gradientsOf(seed, rest, 'float64'),
      ];
      expect(worst(single, double) / largest(double)).toBeLessThan(most);
    }
  }
});
