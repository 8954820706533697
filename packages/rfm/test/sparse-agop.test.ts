import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend, Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  cheapestAgopMethod,
  fitKernelMachine,
  fullMetric,
  gaussian,
  generalQuadratic,
  type Kernel,
  KernelMachine,
  laplace,
  lpq,
  type Metric,
  type Nonzeros,
  nonzerosOf,
  quadratic,
  recursiveFeatureMachine,
} from '@agop/rfm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { largest, normal, normalTensor, worst } from './data.ts';

const [m, d, c] = [150, 23, 5];

/** Pairs of one-hot codes, 11 and 9 columns, then two columns that are mostly 0 and one that always is. */
function mostlyZero(): Float64Array {
  const values = normal(m, 2, 8);
  const x = new Float64Array(m * d);
  for (let i = 0; i < m; i++) {
    x[i * d + ((i * i + 3) % 11)] = 1;
    x[i * d + 11 + ((7 * i) % 9)] = 1;
    if (i % 10 === 0) x[i * d + 20] = values[2 * i] as number;
    if (i % 37 === 5) x[i * d + 21] = values[2 * i + 1] as number;
  }
  return x;
}

const kernels: Record<string, Kernel> = {
  laplace: laplace({ bandwidth: 2 }),
  gaussian: gaussian({ bandwidth: 2 }),
  quadratic: quadratic({ scale: 2 }),
  'general quadratic': generalQuadratic(),
};

describe.each([
  ['naive', () => Promise.resolve(createNaiveBackend())],
  ['wasm', () => createCpuBackend({ engine: 'wasm' })],
] as const)('sparse AGOP on %s', (_, create) => {
  let backend: Backend;
  let x: Tensor;
  let alpha: Tensor;
  let metric: Metric;
  let nonzeros: Nonzeros;

  beforeAll(async () => {
    backend = await create();
    x = backend.tensor(mostlyZero(), [m, d], 'float64');
    alpha = normalTensor(backend, m, c, 3);
    metric = fullMetric(backend.gram(normalTensor(backend, d, d, 4), { alpha: 1 / d }));
    nonzeros = nonzerosOf(mostlyZero(), [m, d]);
  });
  afterAll(() => backend.dispose());

  test.each(Object.entries(kernels))('is the AGOP of the other ways: %s', async (_name, kernel) => {
    for (const centering of ['none', 'output', 'pooled'] as const) {
      using machine = new KernelMachine({
        backend,
        kernel,
        metric,
        centers: x,
        coefficients: backend.clone(alpha),
        nonzeros,
      });
      const before = backend.memory();
      const results = await Promise.all(
        (['gradients', 'gram', 'sparse', 'auto'] as const).map(async (method) => {
          using agop = machine.agop(x, { centering, method });
          return await agop.read();
        }),
      );
      const { tensors } = backend.memory();
      const expected = results[0] as ArrayLike<number>;
      for (const result of results)
        expect(worst(result, expected), centering).toBeLessThan(1e-12 * largest(expected));
      // The machine keeps what it prepared of its centers: weighted; squares and rounding, in both
      // orientations.
      expect(tensors - before.tensors).toBeLessThanOrEqual(5);
    }
  });

  test('in float32', async () => {
    using x32 = backend.cast(x, 'float32');
    using machine = new KernelMachine({
      backend,
      kernel: gaussian({ bandwidth: 2 }),
      metric: { kind: 'identity' },
      centers: x32,
      coefficients: backend.cast(alpha, 'float32'),
      nonzeros,
    });
    using dense = machine.agop(x32, { centering: 'output', method: 'gradients' });
    using sparse = machine.agop(x32, { centering: 'output', method: 'sparse' });
    const expected = await dense.read();
    expect(worst(await sparse.read(), expected)).toBeLessThan(3e-6 * largest(expected));
  });

  test('is what an RFM on one-hot codes takes, with the same metrics', async () => {
    using y = normalTensor(backend, m, c, 6);
    const metrics = async (given: Nonzeros | undefined): Promise<ArrayLike<number>[]> => {
      const read: ArrayLike<number>[] = [];
      for await (const step of recursiveFeatureMachine({
        backend,
        kernel: gaussian({ bandwidth: 2 }),
        x,
        y,
        iterations: 2,
        ridge: 0.1,
        ...(given && { nonzeros: given }),
      }))
        read.push(await (await step.agop()).read());
      return read;
    };
    const [dense, sparse] = [await metrics(undefined), await metrics(nonzeros)];
    for (const [i, agop] of dense.entries())
      expect(worst(sparse[i] as ArrayLike<number>, agop)).toBeLessThan(1e-10 * largest(agop));
  });

  test('cannot be asked for where it does not apply', async () => {
    const machineWith = (kernel: Kernel, used: Metric, given: Nonzeros | undefined) =>
      new KernelMachine({
        backend,
        kernel,
        metric: used,
        centers: x,
        coefficients: backend.clone(alpha),
        nonzeros: given,
      });
    using known = machineWith(gaussian({ bandwidth: 2 }), metric, nonzeros);
    using other = normalTensor(backend, 4, d, 9);
    expect(() => known.agop(other, { method: 'sparse' })).toThrow(/own centers/);
    using unknown = machineWith(gaussian({ bandwidth: 2 }), metric, undefined);
    expect(() => unknown.agop(x, { method: 'sparse' })).toThrow(/nonzeros/);
    if (metric.kind !== 'full') throw new TypeError('full');
    using transformed = machineWith(gaussian({ bandwidth: 2 }), { ...metric, form: 'transform' }, nonzeros);
    expect(() => transformed.agop(x, { method: 'sparse' })).toThrow(/transform/);
    // Other kernels and samples take another way by themselves.
    using power = machineWith(lpq({ bandwidth: 2, p: 1.5, q: 1.2 }), { kind: 'identity' }, nonzeros);
    for (const machine of [power, transformed]) machine.agop(x).dispose();
    known.agop(other).dispose();
  });

  test('nonzeros of other points are refused', async () => {
    using y = normalTensor(backend, m, c, 6);
    const wrong = nonzerosOf(mostlyZero().subarray(d), [m - 1, d]);
    const before = backend.memory();
    await expect(
      fitKernelMachine({ backend, kernel: laplace({ bandwidth: 2 }), x, y, nonzeros: wrong }),
    ).rejects.toThrow('given for points [149, 23], but the points are [150, 23]');
    expect(backend.memory()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
    expect(() => nonzerosOf([1, 2, 3], [2, 2])).toThrow('3 numbers are not points [2, 2]');
  });
});

describe('the cheapest way to an AGOP', () => {
  const sizes = (p: number, fraction: number) => {
    const n = Math.floor(fraction * p * p);
    return { samples: n, centers: n, outputs: p, features: 2 * p };
  };

  test.each([
    // As measured on two cores.
    [61, 0.5, 40, 'sparse'],
    [97, 0.5, 60, 'sparse'],
    [31, 0.5, 22, 'gram'],
    [61, 0.5, undefined, 'gram'],
  ] as const)('p = %i, fraction %f, %s entries per column: %s', (p, fraction, nonzerosPerColumn, method) => {
    expect(cheapestAgopMethod({ ...sizes(p, fraction), nonzerosPerColumn })).toBe(method);
  });

  test.each([
    [31, 'sparse'],
    [23, 'sparse'],
    [17, 'gram'],
  ] as const)('p = %i where sums are over the entries alone: %s', (p, method) => {
    const own = sizes(p, 0.5);
    const given = { ...own, nonzerosPerColumn: own.samples, nonzeros: 2 * own.samples };
    expect(cheapestAgopMethod(given)).toBe(method);
  });

  test('dense points with few outputs: gradients', () => {
    const dense = { samples: 4000, centers: 4000, outputs: 2, features: 100 };
    expect(cheapestAgopMethod(dense)).toBe('gradients');
    expect(cheapestAgopMethod({ ...dense, nonzerosPerColumn: 4000 })).toBe('gradients');
  });
});
