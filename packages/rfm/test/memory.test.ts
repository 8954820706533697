import { createCpuBackend } from '@agop/backend-cpu';
import { laplace, RFMRegressor } from '@agop/rfm';
import { describe, expect, test } from 'vitest';
import { normal, productTarget } from './data.ts';

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
