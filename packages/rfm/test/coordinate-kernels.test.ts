import { createCpuBackend } from '@agop/backend-cpu';
import { createNaiveBackend } from '@agop/core/naive';
import {
  diagonalMetric,
  fullMetric,
  identityMetric,
  KernelMachine,
  kernelMatrix,
  lpq,
  type Metric,
  product,
  sumPower,
} from '@agop/rfm';
import { describe, expect, test } from 'vitest';
import { normal, worst } from './data.ts';

const [n, m, d, c] = [7, 9, 6, 2];
// The first two rows of X and Z are equal, and one coordinate is shared.
const z = normal(m, d, 2);
const x = normal(n, d, 1);
x.set(z.subarray(0, 2 * d));
x[2 * d] = z[0] as number;
const alpha = normal(m, c, 3);

/** The formula as it stands in the documentation. */
function byHand(row: ArrayLike<number>, center: ArrayLike<number>, options: typeof settings): number {
  let sum = 0;
  for (let k = 0; k < d; k++) {
    const distance = Math.abs((row[k] as number) - (center[k] as number)) / options.bandwidth;
    sum += Math.exp(-(distance ** options.exponent));
  }
  return (1 - options.mix + (options.mix * sum) / d) ** options.degree;
}

const settings = { bandwidth: 1.7, exponent: 0.9, mix: 0.8, degree: 3 };

describe.each([
  settings,
  { ...settings, exponent: 1, degree: 2, mix: 1 },
  { ...settings, exponent: 2, degree: 1 },
])('sumPower($exponent, $mix, $degree)', (options) => {
  test.each([createNaiveBackend, () => createCpuBackend({ threads: 2 })])(
    'is its formula',
    async (create) => {
      using backend = await create();
      using left = backend.tensor(x, [n, d], 'float64');
      using right = backend.tensor(z, [m, d], 'float64');
      using matrix = kernelMatrix(backend, sumPower(options), left, right, identityMetric);
      const expected = Float64Array.from({ length: n * m }, (_, at) => {
        const [i, j] = [Math.floor(at / m), at % m];
        return byHand(x.subarray(i * d, (i + 1) * d), z.subarray(j * d, (j + 1) * d), options);
      });
      expect(worst(await matrix.read(), expected)).toBeLessThan(1e-14);
    },
  );

  test.each(['identity', 'diagonal', 'full'] as const)(
    'has the gradients of differences in a metric: %s',
    async (kind) => {
      using backend = createNaiveBackend();
      using centers = backend.tensor(z, [m, d], 'float64');
      using coefficients = backend.tensor(alpha, [m, c], 'float64');
      using weights = backend.tensor([1, 2, 0.5, 1, 0.7, 1.5], [1, d], 'float64');
      using root = backend.tensor(normal(d, d, 4), [d, d], 'float64');
      using full = backend.gram(root, { alpha: 0.3 });
      const metric: Metric =
        kind === 'identity'
          ? identityMetric
          : kind === 'diagonal'
            ? diagonalMetric(weights, 'transform')
            : fullMetric(full, 'transform');
      const kernel = sumPower(options);
      const machine = new KernelMachine({
        backend,
        kernel,
        metric,
        centers,
        coefficients: backend.clone(coefficients),
      });
      // Away from the centers, where there is a derivative.
      const points = normal(n, d, 9);
      const at = async (data: Float64Array) => {
        using samples = backend.tensor(data, [n, d], 'float64');
        using values = machine.predict(samples);
        return await values.read();
      };
      using samples = backend.tensor(points, [n, d], 'float64');
      using gradients = machine.gradients(samples);
      const found = await gradients.read();
      for (let k = 0; k < d; k++) {
        const moved = (by: number) => points.map((value, index) => (index % d === k ? value + by : value));
        const [up, down] = [await at(moved(1e-6)), await at(moved(-1e-6))];
        for (let row = 0; row < n * c; row++) {
          const slope = ((up[row] as number) - (down[row] as number)) / 2e-6;
          expect(found[row * d + k]).toBeCloseTo(slope, 6);
        }
      }
      machine.dispose();
    },
  );
});

test('equal coordinates contribute nothing to a gradient', async () => {
  using backend = createNaiveBackend();
  using centers = backend.tensor(z.subarray(0, d), [1, d], 'float64');
  using samples = backend.tensor(z.subarray(0, d), [1, d], 'float64');
  const coefficients = backend.tensor([1], [1, 1], 'float64');
  const kernel = sumPower({ bandwidth: 1, exponent: 0.5 });
  using machine = new KernelMachine({ backend, kernel, metric: identityMetric, centers, coefficients });
  using gradients = machine.gradients(samples);
  expect(Array.from(await gradients.read())).toEqual(new Array(d).fill(0));
});

test.each([0.8, 1, 2])('product with exponent %d is lpq with both exponents equal', async (exponent) => {
  using backend = createNaiveBackend();
  using left = backend.tensor(x, [n, d], 'float64');
  using right = backend.tensor(z, [m, d], 'float64');
  using a = kernelMatrix(backend, product({ bandwidth: 2, exponent }), left, right, identityMetric);
  using b = kernelMatrix(
    backend,
    lpq({ bandwidth: 2, p: exponent, q: exponent }),
    left,
    right,
    identityMetric,
  );
  expect(worst(await a.read(), await b.read())).toBeLessThan(1e-14);
});
