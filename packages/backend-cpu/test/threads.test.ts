import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, type FloatDType, input, type Tensor } from '@agop/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const counts = [1, 2, 3, 5];

type Work = (backend: Backend, dtype: FloatDType) => Tensor | Promise<Tensor>;

/** Large enough to be shared among threads, with ragged sizes. */
const works: Record<string, Work> = {
  'matmul, square': (b, d) => product(b, d, 301, 257, 513),
  'matmul, deep': (b, d) => product(b, d, 70, 90, 5003),
  'matmul, thin': (b, d) => product(b, d, 3001, 3, 701),
  'matmul, few columns': (b, d) => b.matmul(random(b, d, 1003, 601), random(b, d, 601, 21)),
  'matmul, thin and transposed': (b, d) =>
    b.matmul(random(b, d, 9001, 130), random(b, d, 9001, 2), { transposeA: true }),
  gram: (b, d) => b.gram(random(b, d, 399, 203)),
  pairwise: (b, d) =>
    b.pairwise(random(b, d, 501, 33), random(b, d, 407, 33), input('u').exp().mul(input('w')), {
      inputs: { w: 0.5 },
    }),
  'pairwise, symmetric': (b, d) => {
    const x = random(b, d, 505, 21);
    return b.pairwise(x, x, input('u').abs().sqrt().neg().exp(), { symmetric: true });
  },
  map: (b, d) =>
    b.map(input('a').exp().add(input('r')).mul(input('c')), {
      a: random(b, d, 407, 501),
      r: random(b, d, 1, 501),
      c: random(b, d, 407, 1),
    }),
  cholesky: (b, d) => b.cholesky(positive(b, d, 411), { ridge: 1 }),
  solvePositiveDefinite: (b, d) =>
    b.solvePositiveDefinite(positive(b, d, 411), random(b, d, 411, 77), { ridge: 1 }),
  solveTriangular: (b, d) =>
    b.solveTriangular(positive(b, d, 301), random(b, d, 301, 203), { transpose: true }),
  eigh: async (b, d) => (await b.eigh(positive(b, d, 203))).vectors,
  'sum of all': (b, d) => b.sum(random(b, d, 1001, 701), 'all'),
  'sum of columns': (b, d) => b.sum(random(b, d, 9001, 101), 0),
  'norm of rows': (b, d) => b.norm(random(b, d, 101, 9001), 1),
  powerDistances: (b, d) => b.powerDistances(random(b, d, 203, 41), random(b, d, 307, 41), 1.3),
  powerDistanceGradients: (b, d) =>
    b.powerDistanceGradients(random(b, d, 203, 307), random(b, d, 203, 41), random(b, d, 307, 41), 1.3),
};

function random(b: Backend, d: FloatDType, m: number, n: number): Tensor {
  return b.random([m, n], 'normal', { seed: 7, stream: 1000 * m + n }, d);
}

function product(b: Backend, d: FloatDType, m: number, n: number, k: number): Tensor {
  return b.matmul(random(b, d, m, k), random(b, d, k, n), { alpha: 0.3 });
}

function positive(b: Backend, d: FloatDType, n: number): Tensor {
  return b.gram(random(b, d, n, n + 3), { alpha: 1 / n });
}

describe('results have the same bits for any number of threads', () => {
  let backends: Backend[];
  beforeAll(async () => {
    backends = await Promise.all(counts.map((threads) => createCpuBackend({ threads })));
  });
  afterAll(() => {
    for (const backend of backends) backend.dispose();
  });

  for (const dtype of ['float32', 'float64'] as const) {
    test.each(Object.keys(works))(`%s in ${dtype}`, async (name) => {
      const results = [];
      for (const backend of backends)
        results.push(await (await (works[name] as Work)(backend, dtype)).read());
      for (const result of results)
        expect(Buffer.from(result.buffer).equals(Buffer.from(results[0]!.buffer))).toBe(true);
    });
  }

  test('the backends run on as many threads as asked', () => {
    expect(backends.map((backend) => backend.device.details['threads'])).toEqual(counts);
  });
});
