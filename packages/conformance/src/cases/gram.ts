import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import { cell, changed, type Grid, grid, product, transposed } from '../reference/grid.ts';
import { pairs } from '../reference/tuples.ts';
import type { Trial } from '../trial.ts';

const sizes = pairs('1 1, 2 3, 5 17, 17 5, 64 64, 100 129, 129 100, 257 3, 3 257, 30 520, 0 3, 3 0');

export const gramCases: readonly ConformanceCase[] = [
  ...sizes.map(([rows, columns]) =>
    defineCase('gram', `${rows} x ${columns}: A Aᵀ and Aᵀ A, exactly symmetric`, async (t) => {
      const a = t.sample(rows, columns, 1);
      for (const transpose of [false, true]) {
        const [left, right] = transpose ? [transposed(a), a] : [a, transposed(a)];
        const { value, magnitude } = product(left, right);
        const n = value.rows;
        const result = t.ops.gram(t.upload(a), { transpose });
        await t.close(
          transpose ? 'Aᵀ A' : 'A Aᵀ',
          result,
          [n, n],
          value.data,
          bound(t, left.columns, magnitude),
        );
        demandSymmetric(await t.read(result));
      }
    }),
  ),

  defineCase('gram', 'alpha, beta and out', async (t) => {
    for (const [rows, columns] of pairs('4 3, 65 130, 130 40')) {
      const a = t.sample(rows, columns, 2);
      const half = t.sample(rows, rows, 3);
      const c = grid(rows, rows, (i, j) => cell(half, Math.max(i, j), Math.min(i, j)));
      const { value, magnitude } = product(a, transposed(a));
      for (const [alpha, beta] of pairs('-2 0, 0.5 1, 1 -0.25')) {
        const out = t.upload(c);
        demand(t.ops.gram(t.upload(a), { alpha, beta, out }) === out, '`out` itself must be returned.');
        const expected = changed(value, (x, i, j) => alpha * x + beta * cell(c, i, j));
        const size = changed(magnitude, (x, i, j) => Math.abs(alpha) * x + Math.abs(beta * cell(c, i, j)));
        await t.close(
          `alpha ${alpha}, beta ${beta}`,
          out,
          [rows, rows],
          expected.data,
          bound(t, columns + 2, size),
        );
        demandSymmetric(await t.read(out));
      }
    }
  }),

  defineCase('gram', 'with beta 0 the old content of out is not read, even if NaN', async (t) => {
    const out = t.ops.full([2, 2], Number.NaN, t.dtype);
    t.ops.gram(t.tensor([1, 2, 3, 4], [2, 2]), { out });
    await t.equal('out', out, [2, 2], [5, 11, 11, 25]);
    const zeros = t.ops.full([2, 2], Number.NaN, t.dtype);
    t.ops.gram(t.tensor([], [2, 0]), { out: zeros });
    await t.equal('empty sums', zeros, [2, 2], [0, 0, 0, 0]);
  }),

  defineCase('gram', 'NaN spreads to its row and column, and nowhere else', async (t) => {
    const a = changed(t.sample(70, 9, 4), (value, i, j) => (i === 33 && j === 2 ? Number.NaN : value));
    const { value } = product(a, transposed(a));
    await t.close('A Aᵀ', t.ops.gram(t.upload(a)), [70, 70], value.data, 100 * t.epsilon);
  }),
];

export function demandSymmetric(g: Grid): void {
  for (let i = 0; i < g.rows; i++) {
    for (let j = 0; j < i; j++) {
      const [lower, upper] = [cell(g, i, j), cell(g, j, i)];
      demand(
        Object.is(lower, upper),
        `The result must be exactly symmetric, but (${i}, ${j}) is ${lower} and (${j}, ${i}) is ${upper}.`,
      );
    }
  }
}

function bound(t: Trial, terms: number, magnitude: Grid): Float64Array {
  return magnitude.data.map((size) => (terms + 4) * t.epsilon * size);
}
