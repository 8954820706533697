import {
  fourDirections,
  hermite,
  hypercube,
  rational,
  skewedNoise,
  spread,
} from '@agop/subspace/simulations';
import { describe, expect, test } from 'vitest';

const models = {
  fourDirections,
  rational,
  skewedNoise,
  spread,
  hypercube: hypercube(8),
  hermite: hermite(30),
};

describe.each(Object.entries(models))('%s', (name, model) => {
  test('the same seed gives the same sample, another one another; true directions are orthonormal', () => {
    const { x, y, truth } = model(50, 1);
    expect(model(50, 1)).toEqual({ x, y, truth });
    expect(model(50, 2).y).not.toEqual(y);
    expect(x.data).toHaveLength(50 * truth.rows);
    for (let a = 0; a < truth.columns; a++) {
      for (let b = 0; b <= a; b++) {
        let inner = 0;
        for (let k = 0; k < truth.rows; k++) {
          inner +=
            (truth.data[k * truth.columns + a] as number) * (truth.data[k * truth.columns + b] as number);
        }
        expect(inner).toBeCloseTo(Number(a === b), 12);
      }
    }
  });

  test('sizes and seeds are checked', () => {
    expect(() => model(1, 0)).toThrow(expect.objectContaining({ code: 'OPTION', option: 'n' }));
    expect(() => model(50, -1)).toThrow(expect.objectContaining({ code: 'OPTION', option: 'seed' }));
  });

  if (name === 'hypercube' || name === 'hermite') {
    test('the function has mean 0 and variance 1', () => {
      const { y } = model(20_000, 3);
      const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
      const variance = y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / y.length;
      expect(Math.abs(mean)).toBeLessThan(0.05);
      expect(Math.abs(variance - 1)).toBeLessThan(0.1);
    });
  }
});
