import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, input, type Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const n = 200;
const rightSides = 7;
/** What the order of a sum of n terms may change. */
const roundoff = Math.sqrt(n) * 2 ** -53;

describe.each(['relaxed', 'baseline'] as const)('systems with large condition numbers, %s SIMD', (simd) => {
  let backend: Backend;
  const reference = createNaiveBackend();
  beforeAll(async () => {
    backend = await createCpuBackend({ threads: 2, simd });
  });
  afterAll(() => {
    backend.dispose();
    reference.dispose();
  });

  test.each([1e2, 1e6, 1e10, 1e13, 1e14])('Cholesky and solve, condition %d', async (condition) => {
    const a = await withCondition(backend, condition);
    const b = backend.random([n, rightSides], 'normal', { seed: 3 }, 'float64');
    const copy = async (t: Tensor): Promise<Tensor> => reference.tensor(await t.read(), t.shape, 'float64');
    const [a0, b0] = [await copy(a), await copy(b)];

    const ours = await backend.cholesky(a);
    const theirs = await reference.cholesky(a0);
    expect(await factorResidual(a, await ours.read())).toBeLessThanOrEqual(
      4 * (await factorResidual(a, await theirs.read())) + roundoff,
    );

    const x = await backend.solvePositiveDefinite(a, b);
    const x0 = await reference.solvePositiveDefinite(a0, b0);
    expect(await solveResidual(a, b, await x.read())).toBeLessThanOrEqual(
      4 * (await solveResidual(a, b, await x0.read())) + roundoff,
    );

    for (const transpose of [false, true]) {
      const y = backend.solveTriangular(ours, b, { transpose });
      const y0 = reference.solveTriangular(await copy(ours), b0, { transpose });
      expect(await triangularResidual(ours, b, await y.read(), transpose)).toBeLessThanOrEqual(
        4 * (await triangularResidual(ours, b, await y0.read(), transpose)) + roundoff,
      );
    }
  });
});

/** Q diag(1 .. 1/condition, geometric) Qᵀ with random orthogonal Q. */
async function withCondition(backend: Backend, condition: number): Promise<Tensor> {
  using x = backend.random([n, n], 'normal', { seed: 5 }, 'float64');
  using g = backend.gram(x);
  const { values, vectors } = await backend.eigh(g);
  const spectrum = Float64Array.from({ length: n }, (_, i) => condition ** (-i / (n - 1) / 2));
  using roots = backend.tensor(spectrum, [1, n], 'float64');
  using scaled = backend.map(input('v').mul(input('s')), { v: vectors, s: roots });
  values.dispose();
  vectors.dispose();
  return backend.gram(scaled);
}

/** ‖A - L Lᵀ‖ / ‖A‖, largest entries. */
async function factorResidual(a: Tensor, l: ArrayLike<number>): Promise<number> {
  const data = await a.read();
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += (l[i * n + k] as number) * (l[j * n + k] as number);
      worst = Math.max(worst, Math.abs((data[i * n + j] as number) - sum));
    }
  }
  return worst / largest(data);
}

/** Backward error ‖A x - b‖ / (‖A‖ ‖x‖ + ‖b‖). */
async function solveResidual(a: Tensor, b: Tensor, x: ArrayLike<number>): Promise<number> {
  const [data, right] = [await a.read(), await b.read()];
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < rightSides; c++) {
      let sum = -(right[i * rightSides + c] as number);
      for (let k = 0; k < n; k++) sum += (data[i * n + k] as number) * (x[k * rightSides + c] as number);
      worst = Math.max(worst, Math.abs(sum));
    }
  }
  return worst / (largest(data) * largest(x) * n + largest(right));
}

/**
 * Componentwise backward error of a triangular solve: |L x - b| / (|L| |x|); substitution keeps it at the
 * roundoff whatever the condition.
 */
async function triangularResidual(
  l: Tensor,
  b: Tensor,
  x: ArrayLike<number>,
  transpose: boolean,
): Promise<number> {
  const [data, right] = [await l.read(), await b.read()];
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < rightSides; c++) {
      let sum = -(right[i * rightSides + c] as number);
      let size = 0;
      for (let k = 0; k < n; k++) {
        const entry = (transpose ? data[k * n + i] : data[i * n + k]) as number;
        const term = entry * (x[k * rightSides + c] as number);
        sum += term;
        size += Math.abs(term);
      }
      worst = Math.max(worst, Math.abs(sum) / size);
    }
  }
  return worst;
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((m, v) => Math.max(m, Math.abs(v)), 0);
}
