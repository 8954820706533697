import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, type FloatDType, input, Scope, type Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sparseGradients } from '../src/agop/sparse-gradients.ts';
import { gaussian, nonzerosOf, presets, recursiveFeatureMachine } from '../src/index.ts';
import { pairwiseByEntries, sparsePairwise } from '../src/kernel-matrix/sparse-pairwise.ts';
import { largest, normal, worst } from './data.ts';

/** Points with at most three entries other than 0, and some with none; a feature that none has. */
function fewEntries(n: number, d: number): Float64Array {
  const values = normal(n, 3, 5);
  const x = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    if (i % 13 === 7) continue;
    x[i * d + ((i * i + 1) % (d - 1))] = 1;
    x[i * d + ((3 * i) % (d - 1))] = values[3 * i] as number;
    if (i % 4 === 0) x[i * d + (i % (d - 1))] = values[3 * i + 1] as number;
  }
  return x;
}

const configurations = {
  'one thread': { threads: 1 },
  'three threads': { threads: 3 },
  'baseline SIMD': { threads: 2, simd: 'baseline' },
} as const;

describe.each(Object.entries(configurations))('kernels for points that are mostly 0, %s', (_, options) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createCpuBackend(options);
  });
  afterAll(() => backend.dispose());

  const tolerance = { float32: 2e-6, float64: 1e-14 } as const;
  const dtypes = ['float32', 'float64'] as const;

  test.each(dtypes)('pairs: as products over all columns, in %s', async (dtype) => {
    for (const [n, m, d] of [
      [1, 1, 40],
      [7, 70, 41],
      [65, 33, 64],
      [150, 150, 130],
      [3, 0, 50],
      [0, 4, 50],
    ] as const) {
      using scope = new Scope(backend);
      const { ops } = scope;
      const data = fewEntries(m, d);
      const [x, z] = [ops.random([n, d], 'normal', { seed: 1 }, dtype), ops.tensor(data, [m, d], dtype)];
      const inputs = {
        p: ops.random([n, 1], 'uniform', { seed: 2 }, dtype),
        q: ops.random([1, m], 'uniform', { seed: 3 }, dtype),
        scale: -0.3,
      };
      const [u, p, q] = [input('u'), input('p'), input('q')];
      const expression = u.mul(input('scale')).add(p).sub(q).exp();
      const nonzeros = nonzerosOf(data, [m, d]);
      const given = { inputs, symmetric: false };
      const sparse = pairwiseByEntries(ops, x, nonzeros, expression, given);
      expect(sparse?.shape).toEqual([n, m]);
      await expectNear(sparse as Tensor, ops.pairwise(x, z, expression, given), dtype);
    }
  });

  test.each(dtypes)('pairs of points with themselves: exactly symmetric, in %s', async (dtype) => {
    for (const n of [1, 31, 64, 170]) {
      const d = 57;
      using scope = new Scope(backend);
      const { ops } = scope;
      const data = fewEntries(n, d);
      const x = ops.tensor(data, [n, d], dtype);
      const metric = ops.gram(ops.random([d, d], 'normal', { seed: 4 }, dtype), { alpha: 1 / d });
      const weighted = ops.matmul(x, metric);
      const expression = input('u').mul(input('u'));
      const nonzeros = nonzerosOf(data, [n, d]);
      const sparse = pairwiseByEntries(ops, weighted, nonzeros, expression, { inputs: {}, symmetric: true });
      await expectNear(sparse as Tensor, ops.pairwise(weighted, x, expression, { symmetric: true }), dtype);
      const values = await (sparse as Tensor).read();
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++) expect(values[i * n + j]).toBe(values[j * n + i]);
      }
    }
  });

  test.each(dtypes)('gradients: as sums over all centers, in %s', async (dtype) => {
    for (const [m, d, c] of [
      [20, 5, 1],
      [150, 23, 5],
      [300, 3, 14],
      [90, 40, 6],
    ] as const) {
      using scope = new Scope(backend);
      const { ops } = scope;
      const data = fewEntries(m, d);
      const nonzeros = nonzerosOf(data, [m, d]);
      const a = ops.gram(ops.random([m, 9], 'normal', { seed: 1 }, dtype));
      const alpha = ops.random([m, c], 'normal', { seed: 2 }, dtype);
      const f = ops.random([m, c], 'normal', { seed: 3 }, dtype);
      const shift = ops.random([1, m], 'normal', { seed: 4 }, dtype);
      const run = ops.extension(sparseGradients);
      if (!run) throw new TypeError('the engine has it');
      for (const [begin, end] of [
        [0, m],
        [m - 3, m],
        [5, 14],
        [4, 4],
      ] as const) {
        const samples = { nonzeros, begin, end };
        const whole = run([a, alpha, f, shift], { ...samples, own: 2, shift: 3 });
        expect(whole.shape).toEqual([d, c, end - begin]);
        const parts = {
          a: await a.read(),
          alpha: await alpha.read(),
          f: await f.read(),
          s: await shift.read(),
        };
        const expected = bySums(data, { m, d, c }, parts, begin, end);
        const size = Math.max(1, largest(expected));
        expect(worst(await whole.read(), expected)).toBeLessThanOrEqual(100 * tolerance[dtype] * size);
        const plain = run([a, alpha], { ...samples, own: undefined, shift: undefined });
        const none = { ...parts, f: new Float64Array(m * c), s: new Float64Array(m) };
        const bare = bySums(data, { m, d, c }, none, begin, end);
        expect(worst(await plain.read(), bare)).toBeLessThanOrEqual(100 * tolerance[dtype] * size);
      }
    }
  });

  async function expectNear(made: Tensor, wanted: Tensor, dtype: FloatDType): Promise<void> {
    const expected = await wanted.read();
    const size = Math.max(1, largest(expected));
    expect(worst(await made.read(), expected)).toBeLessThanOrEqual(10 * tolerance[dtype] * size);
  }

  test('mistakes are refused', () => {
    using scope = new Scope(backend);
    const { ops } = scope;
    const nonzeros = nonzerosOf(fewEntries(20, 40), [20, 40]);
    const square = ops.full([20, 20], 1, 'float64');
    const alpha = ops.full([20, 3], 1, 'float64');
    const gradients = ops.extension(sparseGradients);
    const all = { nonzeros, begin: 0, end: 20, own: undefined, shift: undefined };
    expect(() => gradients?.([alpha, alpha], all)).toThrow('the weights must be [20,20], but is [20,3]');
    expect(() => gradients?.([square, square, alpha], { ...all, own: 0 })).not.toThrow();
    expect(() => gradients?.([square, alpha], { ...all, own: 2 })).toThrow('F must be [20,3]');
    expect(() => gradients?.([square, alpha], { ...all, end: 21 })).toThrow('no samples 0 to 21 of 20');
    const pairs = ops.extension(sparsePairwise);
    const options = { expression: input('u'), inputs: [], nonzeros, symmetric: false };
    expect(() => pairs?.([square], options)).toThrow('[20, 20] does not go with points of 40 features');
  });
});

test('a fit has the same bits on any number of threads', async () => {
  const [m, d, c] = [310, 60, 7];
  const data = fewEntries(m, d);
  const results: ArrayLike<number>[] = [];
  for (const threads of [1, 2, 3]) {
    using backend = await createCpuBackend({ threads });
    const x = backend.tensor(data, [m, d], 'float64');
    const y = backend.random([m, c], 'normal', { seed: 1 }, 'float64');
    const options = {
      ...presets.grokking2024,
      backend,
      kernel: gaussian({ bandwidth: 2 }),
      x,
      y,
      ridge: 0.1,
    };
    const nonzeros = nonzerosOf(data, [m, d]);
    for await (const step of recursiveFeatureMachine({ ...options, nonzeros, iterations: 1 })) {
      results.push(await (await step.agop()).read());
    }
  }
  const [first, second] = results;
  for (const [i, agop] of results.entries()) expect(agop).toEqual(i % 2 === 0 ? first : second);
});

test('a backend without them composes', () => {
  const naive = createNaiveBackend();
  const nonzeros = nonzerosOf(fewEntries(20, 40), [20, 40]);
  using x = naive.full([3, 40], 1, 'float64');
  const given = { inputs: {}, symmetric: false };
  expect(pairwiseByEntries(naive, x, nonzeros, input('u'), given)).toBeUndefined();
});

/** ĝ_kci by its definition. */
function bySums(
  x: Float64Array,
  { m, d, c }: { readonly m: number; readonly d: number; readonly c: number },
  { a, alpha, f, s }: Readonly<Record<'a' | 'alpha' | 'f' | 's', ArrayLike<number>>>,
  begin: number,
  end: number,
): Float64Array {
  const b = end - begin;
  const sums = new Float64Array(d * c * b);
  const at = (list: ArrayLike<number>, index: number): number => list[index] as number;
  for (let k = 0; k < d; k++) {
    for (let j = 0; j < m; j++) {
      const z = at(x, j * d + k);
      if (z === 0) continue;
      for (let o = 0; o < c; o++) {
        for (let i = begin; i < end; i++) {
          const place = (k * c + o) * b + i - begin;
          const own = i === j ? at(f, i * c + o) : 0;
          const term = at(alpha, j * c + o) * (at(a, i * m + j) - at(s, j)) + own;
          sums[place] = at(sums, place) + z * term;
        }
      }
    }
  }
  return sums;
}
