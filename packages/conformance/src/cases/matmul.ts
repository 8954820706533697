import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import { changed, type Grid, product, transposed } from '../reference/grid.ts';
import { pairs, triples } from '../reference/tuples.ts';
import type { Trial } from '../trial.ts';

/** [rows, inner, columns]: single elements, vectors, sizes below and above those of blocks, empty ones. */
const sizes = triples(
  '1 1 1, 2 3 1, 1 5 2, 3 2 5, 17 5 3, 5 64 17, 64 64 64, 100 17 129, 129 100 65, 33 257 66, ' +
    '257 3 257, 1 257 129, 257 129 1, 20 1100 24, 600 5 9, 0 3 2, 2 0 3, 2 3 0',
);

const transposes = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

export const matmulCases: readonly ConformanceCase[] = [
  ...sizes.map(([m, k, n]) =>
    defineCase('matmul', `${m} x ${k} times ${k} x ${n}, all transposes`, async (t) => {
      const [a, b] = [t.sample(m, k, 1), t.sample(k, n, 2)];
      const { value, magnitude } = product(a, b);
      for (const [transposeA, transposeB] of transposes) {
        const left = t.upload(transposeA ? transposed(a) : a);
        const right = t.upload(transposeB ? transposed(b) : b);
        const what = `A${transposeA ? 'ᵀ' : ''} B${transposeB ? 'ᵀ' : ''}`;
        const result = t.ops.matmul(left, right, { transposeA, transposeB });
        await t.close(what, result, [m, n], value.data, bound(t, k, magnitude));
      }
    }),
  ),

  defineCase('matmul', 'alpha, beta and out', async (t) => {
    for (const [m, k, n] of triples('3 4 5, 65 33 70, 130 260 17, 4 0 3')) {
      const [a, b, c] = [t.sample(m, k, 3), t.sample(k, n, 4), t.sample(m, n, 5)];
      const { value, magnitude } = product(a, b);
      for (const [alpha, beta] of pairs('1 0, -0.5 0, 2 1, 0.25 -1.5, 0 1, 0 0')) {
        const out = t.upload(c);
        const result = t.ops.matmul(t.upload(a), t.upload(b), { alpha, beta, out });
        demand(result === out, '`out` itself must be returned.');
        const expected = value.data.map((x, i) => alpha * x + beta * (c.data[i] as number));
        const size = changed(
          magnitude,
          (x, i, j) => Math.abs(alpha) * x + Math.abs(beta * (c.data[i * n + j] as number)),
        );
        await t.close(`alpha ${alpha}, beta ${beta}`, out, [m, n], expected, bound(t, k + 2, size));
      }
    }
  }),

  defineCase('matmul', 'with beta 0 the old content of out is not read, even if NaN', async (t) => {
    const [a, b] = [t.sample(70, 9, 6), t.sample(9, 65, 7)];
    const { value, magnitude } = product(a, b);
    const out = t.ops.full([70, 65], Number.NaN, t.dtype);
    t.ops.matmul(t.upload(a), t.upload(b), { out, beta: 0 });
    await t.close('out', out, [70, 65], value.data, bound(t, 9, magnitude));
    const zeros = t.ops.full([2, 3], Number.NaN, t.dtype);
    t.ops.matmul(t.tensor([], [2, 0]), t.tensor([], [0, 3]), { out: zeros });
    await t.equal('empty sums', zeros, [2, 3], [0, 0, 0, 0, 0, 0]);
  }),

  defineCase('matmul', 'both operands may be the same tensor', async (t) => {
    const a = t.sample(65, 65, 8);
    const { value, magnitude } = product(a, a);
    const tensor = t.upload(a);
    await t.close('A A', t.ops.matmul(tensor, tensor), [65, 65], value.data, bound(t, 65, magnitude));
  }),

  defineCase('matmul', 'NaN and infinity spread to their row and column, and nowhere else', async (t) => {
    for (const [special, meetsZero] of [
      [Number.NaN, Number.NaN],
      [Number.POSITIVE_INFINITY, Number.NaN],
    ] as const) {
      const a = changed(t.sample(37, 20, 9), (value, i, j) => (i === 11 && j === 7 ? special : value));
      const b = changed(t.sample(20, 35, 10), (value, i, j) => (i === 7 && j === 3 ? 0 : value));
      const { value } = product(a, b);
      const tolerance = 1000 * t.epsilon;
      demand(Object.is(value.data[11 * 35 + 3], meetsZero), 'The reference itself is wrong.');
      await t.close(
        `${special} in A`,
        t.ops.matmul(t.upload(a), t.upload(b)),
        [37, 35],
        value.data,
        tolerance,
      );
      const [at, bt] = [transposed(b), transposed(a)];
      const mirrored = t.ops.matmul(t.upload(at), t.upload(bt));
      await t.close(`${special} in B`, mirrored, [35, 37], transposed(value).data, tolerance);
    }
  }),

  defineCase('matmul', 'exact where the arithmetic is: small integers', async (t) => {
    const integers = (rows: number, columns: number, seed: number): Grid =>
      changed(t.sample(rows, columns, seed), (value) => Math.round(value * 20));
    const [a, b] = [integers(67, 130, 11), integers(130, 71, 12)];
    await t.equal('A B', t.ops.matmul(t.upload(a), t.upload(b)), [67, 71], product(a, b).value.data);
  }),
];

/** Bound of a sum of products in any order, with some room. Higham 2002, Accuracy and Stability, 3.1. */
function bound(t: Trial, terms: number, magnitude: Grid): Float64Array {
  return magnitude.data.map((size) => (terms + 4) * t.epsilon * size);
}
