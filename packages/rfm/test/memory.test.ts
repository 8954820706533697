import { createNaiveBackend } from '@agop/core/naive';
import { laplace, RFMRegressor } from '@agop/rfm';
import { describe, expect, test } from 'vitest';
import { normal, productTarget } from './data.ts';

describe('peak memory of a fit', () => {
  test.each([
    ['one output', 1, 'float32'],
    ['one output', 1, 'float64'],
    ['many outputs, so that the AGOP goes through the Gram product', 40, 'float64'],
  ] as const)('is within 1.5 times of what it must hold: %s (%d) in %s', async (_, outputs, dtype) => {
    const [n, d] = [400, 20];
    const x = normal(n, d, 1);
    const target = productTarget(x, d);
    const y = Float64Array.from(
      { length: n * outputs },
      (_, i) => (target[Math.floor(i / outputs)] as number) * ((i % outputs) + 1),
    );
    using backend = createNaiveBackend();
    using model = new RFMRegressor({ backend, dtype, kernel: laplace({ bandwidth: 5 }), iterations: 1 });
    await model.fit({ data: x, shape: [n, d] }, { data: y, shape: [n, outputs] });
    // The kernel matrix, the data, the targets, the coefficients.
    const needed = (n * n + n * d + 2 * n * outputs) * (dtype === 'float64' ? 8 : 4);
    expect(backend.memory().peakBytes / needed).toBeLessThan(1.5);
  });
});
