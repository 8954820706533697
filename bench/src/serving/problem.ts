import { type Backend, randomArray } from '@agop/core';
import { laplace, RFMRegressor } from '@agop/rfm';

/** Rows of the fit, features, and rows that are asked for. */
export const [n, d, m] = [2000, 50, 2000];

const x = randomArray(n * d, 'normal', { seed: 1 }, 'float64');

/** The training rows and their targets: a product of two of the features. */
export const training = {
  x: { data: x, shape: [n, d] },
  y: Float64Array.from({ length: n }, (_, i) => (x[i * d] as number) * (x[i * d + 1] as number)),
};

/** Rows to predict, [m, d]. */
export const asked = randomArray(m * d, 'normal', { seed: 2 }, 'float64');

export function newModel(backend: Backend): RFMRegressor {
  return new RFMRegressor({ backend, kernel: laplace({ bandwidth: 10 }) });
}
