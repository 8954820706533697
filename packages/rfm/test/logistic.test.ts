import type { Backend } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { identityMetric, kernelMatrix, laplace, logisticSolver } from '@agop/rfm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { normal } from './data.ts';

const n = 40;
const x = normal(n, 3, 1);

let backend: Backend;
beforeEach(() => {
  backend = createNaiveBackend();
});
afterEach(() => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

async function solved(classes: number, ridge: number, weights?: Float64Array, dtype = 'float64' as const) {
  using points = backend.tensor(x, [n, 3], dtype);
  using matrix = kernelMatrix(backend, laplace({ bandwidth: 2 }), points, points, identityMetric);
  const index = Array.from({ length: n }, (_, i) => {
    const angle = Math.atan2(x[3 * i] as number, x[3 * i + 1] as number) + 0.7 * (x[3 * i + 2] as number);
    return (Math.floor(((angle + 9) / 6) * classes) + classes) % classes;
  });
  const targets = Float64Array.from({ length: n * classes }, (_, at) =>
    Number(index[Math.floor(at / classes)] === at % classes),
  );
  using y = backend.tensor(targets, [n, classes], dtype);
  using alpha = await logisticSolver.solve(backend, { matrix, targets: y, ridge, weights });
  using f = backend.matmul(matrix, alpha);
  return { alpha: await alpha.read(), f: await f.read(), targets, k: await matrix.read() };
}

test.each([
  { classes: 2, ridge: 0.5 },
  { classes: 3, ridge: 0.1 },
  { classes: 5, ridge: 1e-3 },
])('is where the gradient vanishes: $classes classes, ridge $ridge', async ({ classes, ridge }) => {
  const weights = Float64Array.from({ length: n }, (_, i) => 0.5 + (i % 3));
  const { alpha, f, targets } = await solved(classes, ridge, weights);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const row = Array.from(f.subarray(i * classes, (i + 1) * classes));
    const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
    for (let c = 0; c < classes; c++) {
      const at = i * classes + c;
      const slope =
        (weights[i] as number) * ((targets[at] as number) - Math.exp(row[c] as number) / total) -
        ridge * (alpha[at] as number);
      largest = Math.max(largest, Math.abs(slope));
    }
  }
  expect(largest).toBeLessThan(1e-5);
});

test('two classes: binary logistic regression with half the ridge, by plain Newton steps', async () => {
  const ridge = 0.2;
  const { f, targets, k } = await solved(2, ridge);
  // λ/2 α = y - p, by iteration of the fixed point with damping.
  let alpha = new Float64Array(n);
  let logit = new Float64Array(n);
  for (let step = 0; step < 20_000; step++) {
    const slope = alpha.map(
      (a, i) => (targets[2 * i + 1] as number) - 1 / (1 + Math.exp(-(logit[i] as number))) - (ridge / 2) * a,
    );
    alpha = alpha.map((a, i) => a + 0.05 * (slope[i] as number));
    logit = logit.map((_, i) => alpha.reduce((sum, a, j) => sum + (k[i * n + j] as number) * a, 0));
  }
  for (let i = 0; i < n; i++) {
    expect((f[2 * i + 1] as number) - (f[2 * i] as number)).toBeCloseTo(logit[i] as number, 5);
  }
});

test('needs a ridge', async () => {
  await expect(solved(2, 0)).rejects.toThrow('Logistic regression needs a ridge above 0');
});
