import { createNaiveBackend } from '@agop/core/naive';
import { coordinateKernel, identityMetric, KernelMachine, laplace, lpq } from '@agop/rfm';
import { expect, test } from 'vitest';
import { normalTensor, worst } from './data.ts';

/** Five outputs of three features at 80 points: three outputs at a time. */
const [n, d, c] = [80, 3, 5];

const kernels = {
  laplace: laplace({ bandwidth: 3 }),
  'power distances': lpq({ bandwidth: 3, p: 1.3, q: 1 }),
  coordinates: coordinateKernel(
    'smooth',
    (t) => t.mul(t),
    (s, _, { bandwidth }) => s.div(bandwidth).neg().exp(),
    { bandwidth: 9 },
  ),
};

test.each(Object.entries(kernels))(
  'outputs in blocks give the AGOP of all gradients: %s',
  async (_, kernel) => {
    using backend = createNaiveBackend();
    using centers = normalTensor(backend, n, d, 1);
    const coefficients = normalTensor(backend, n, c, 2);
    using machine = new KernelMachine({ backend, kernel, metric: identityMetric, centers, coefficients });
    using gradients = machine.gradients(centers);
    const g = await gradients.read();
    const weights = Float64Array.from({ length: n }, (_, i) => 1 + (i % 3));
    for (const centering of ['none', 'output', 'pooled'] as const) {
      for (const given of [undefined, weights]) {
        using agop = machine.agop(centers, { centering, method: 'gradients', weights: given });
        const expected = average(g, centering, given ?? new Float64Array(n).fill(1));
        expect(worst(await agop.read(), expected), centering).toBeLessThan(1e-12);
      }
    }
  },
);

/** Σ_i w_i Σ_c (g_ic - mean) (g_ic - mean)ᵀ / Σ_i w_i */
function average(
  g: ArrayLike<number>,
  centering: 'none' | 'output' | 'pooled',
  weights: Float64Array,
): Float64Array {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const at = (i: number, o: number, k: number): number => g[(i * c + o) * d + k] as number;
  const means = Array.from({ length: c }, (_, o) =>
    Float64Array.from({ length: d }, (_, k) =>
      weights.reduce((sum, w, i) => sum + (w * at(i, o, k)) / total, 0),
    ),
  );
  const pooled = Float64Array.from({ length: d }, (_, k) =>
    means.reduce((sum, mean) => sum + (mean[k] as number) / c, 0),
  );
  const mean = (o: number, k: number): number =>
    centering === 'none' ? 0 : ((centering === 'pooled' ? pooled : means[o])?.[k] as number);
  const result = new Float64Array(d * d);
  for (let i = 0; i < n; i++) {
    for (let o = 0; o < c; o++) {
      for (let k = 0; k < d; k++) {
        for (let l = 0; l < d; l++) {
          const product = (at(i, o, k) - mean(o, k)) * (at(i, o, l) - mean(o, l));
          result[k * d + l] = (result[k * d + l] as number) + ((weights[i] as number) / total) * product;
        }
      }
    }
  }
  return result;
}
