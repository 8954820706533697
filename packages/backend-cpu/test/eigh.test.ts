import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/**
 * Symmetric matrices that are hard on divide and conquer: much deflation, close eigenvalues, extreme scales.
 */
const matrices: Record<string, (n: number) => (i: number, j: number) => number> = {
  zero: () => () => 0,
  identity: () => (i, j) => (i === j ? 1 : 0),
  'all ones': () => () => 1,
  'diagonal with repetitions': () => (i, j) => (i === j ? (i % 5) - 2 : 0),
  'second difference': () => (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0),
  circulant: (n) => (i, j) =>
    Math.cos((2 * Math.PI * 3 * (i - j)) / n) + Math.cos((2 * Math.PI * 7 * (i - j)) / n),
  'Wilkinson W+': (n) => (i, j) => (i === j ? Math.abs(i - (n - 1) / 2) : Math.abs(i - j) === 1 ? 1 : 0),
  'glued Wilkinson': () => (i, j) => {
    if (i === j) return Math.abs((i % 21) - 10);
    return Math.abs(i - j) === 1 ? (Math.max(i, j) % 21 === 0 ? 1e-8 : 1) : 0;
  },
  Hilbert: () => (i, j) => 1 / (i + j + 1),
  graded: (n) => (i, j) => 10 ** ((-12 * (i + j)) / (2 * n)) * (i === j ? 2 : 1 / (1 + Math.abs(i - j))),
  'Gaussian kernel': (n) => (i, j) => Math.exp(-0.5 * ((i - j) / n) ** 2 * 40),
  huge: () => (i, j) => 1e200 * Math.sin((i + 1) * (j + 1)),
  tiny: () => (i, j) => 1e-200 * Math.sin((i + 1) * (j + 1)),
};

describe.each([1, 3])('eigh on %i threads', (threads) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createCpuBackend({ threads });
  });
  afterAll(() => backend.dispose());

  test.each(Object.keys(matrices))('%s', async (name) => {
    for (const n of [2, 33, 64, 150, 201]) {
      const entry = (matrices[name] as (typeof matrices)[string])(n);
      const data = Float64Array.from({ length: n * n }, (_, at) => entry(Math.floor(at / n), at % n));
      const scale = data.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
      using a = backend.tensor(data, [n, n], 'float64');
      const { values, vectors } = await backend.eigh(a);
      const [l, v] = [await values.read(), await vectors.read()];
      values.dispose();
      vectors.dispose();
      for (let k = 1; k < n; k++) expect(l[k]).toBeGreaterThanOrEqual(l[k - 1] as number);
      const { residual, orthogonality } = errors(n, data, l, v);
      // Backward stable: a small multiple of n times the unit roundoff, relative to the norm (at most n times
      // the largest entry).
      expect(residual).toBeLessThanOrEqual(
        4 * n * 2 ** -53 * Math.max(scale * Math.sqrt(n), Number.MIN_VALUE),
      );
      expect(orthogonality).toBeLessThanOrEqual(4 * n * 2 ** -53);
    }
  });
});

/** Largest entries of A V - V diag(l) and of VᵀV - I. */
function errors(n: number, a: ArrayLike<number>, l: ArrayLike<number>, v: ArrayLike<number>) {
  const at = (m: ArrayLike<number>, i: number, j: number): number => m[i * n + j] as number;
  let residual = 0;
  let orthogonality = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      let [product, dot] = [0, 0];
      for (let j = 0; j < n; j++) {
        product += at(a, i, j) * at(v, j, k);
        dot += at(v, j, i) * at(v, j, k);
      }
      residual = Math.max(residual, Math.abs(product - at(v, i, k) * (l[k] as number)));
      orthogonality = Math.max(orthogonality, Math.abs(dot - (i === k ? 1 : 0)));
    }
  }
  return { residual, orthogonality };
}
