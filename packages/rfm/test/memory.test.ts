import { createCpuBackend } from '@agop/backend-cpu';
import {
  choleskySolver,
  gaussian,
  laplace,
  nonzerosOf,
  RFMRegressor,
  recursionMemory,
  recursiveFeatureMachine,
} from '@agop/rfm';
import { describe, expect, test } from 'vitest';
import { normal, normalTensor, productTarget } from './data.ts';

describe('peak memory of a fit', () => {
  test.each([
    ['one output', 1, 400, 'float32'],
    ['one output', 1, 400, 'float64'],
    // Large enough for its blocks to be smaller than the whole.
    ['many outputs, so that the AGOP goes through the Gram product', 160, 2900, 'float64'],
  ] as const)(
    'is within 1.5 times of what it must hold: %s (%d), n = %d, in %s',
    async (_, outputs, n, dtype) => {
      const d = 20;
      const x = normal(n, d, 1);
      const target = productTarget(x, d);
      const y = Float64Array.from(
        { length: n * outputs },
        (_, i) => (target[Math.floor(i / outputs)] as number) * ((i % outputs) + 1),
      );
      using backend = await createCpuBackend();
      using model = new RFMRegressor({ backend, dtype, kernel: laplace({ bandwidth: 5 }), iterations: 1 });
      await model.fit({ data: x, shape: [n, d] }, { data: y, shape: [n, outputs] });
      // The kernel matrix, the data, the targets, the coefficients.
      const needed = (n * n + n * d + 2 * n * outputs) * (dtype === 'float64' ? 8 : 4);
      expect(backend.memory().peakBytes / needed).toBeLessThan(1.5);
    },
  );
});

describe('the memory of the loop', () => {
  const nonzeros = (n: number, d: number): Float64Array =>
    Float64Array.from({ length: n * d }, (_, k) => (Math.floor(k / d) % d === k % d ? 1 : 0));
  test.each([
    ['gradients in one block', { n: 900, d: 10, c: 1 }, 'float64'],
    ['gradients of several outputs, in blocks', { n: 900, d: 40, c: 6 }, 'float32'],
    ['Gram products', { n: 500, d: 60, c: 90 }, 'float64'],
    ['Gram products in blocks', { n: 1700, d: 30, c: 150 }, 'float64'],
    ['sparse gradients', { n: 1500, d: 100, c: 60, sparse: true }, 'float64'],
    ['more features than points', { n: 40, d: 300, c: 2 }, 'float64'],
  ] as const)('is foretold: %s', async (_, sizes, dtype) => {
    const { n, d, c } = sizes;
    const isSparse = 'sparse' in sizes;
    using backend = await createCpuBackend();
    const values = isSparse ? nonzeros(n, d).map((v, i) => (v ? 1 + (i % 7) : 0)) : normal(n, d, 1);
    using x = backend.tensor(values, [n, d], dtype);
    using y = normalTensor(backend, n, c, 2, dtype);
    const found = isSparse ? nonzerosOf(values, [n, d]) : undefined;
    const loop = recursiveFeatureMachine({
      ...{ backend, x, y, nonzeros: found, kernel: gaussian({ bandwidth: 3 }), solver: choleskySolver },
      ...{ ridge: 1e-2, iterations: 1, centering: 'output', normalization: 'none', power: 0.5 },
    });
    for await (const step of loop) await step.nextMetric();
    const { peakBytes } = backend.memory();
    const nonzerosPerColumn = found?.mostPerColumn;
    const memory = recursionMemory({ samples: n, features: d, outputs: c, nonzerosPerColumn }, dtype);
    const foretold = memory.data + Math.max(memory.fit, memory.agop, memory.update);
    expect(foretold / peakBytes).toBeGreaterThan(0.98);
    expect(foretold / peakBytes).toBeLessThan(1.25);
  });
});
