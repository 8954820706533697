import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import { changed, type Grid, product, transposed } from '../reference/grid.ts';
import { pairs, quadruples } from '../reference/tuples.ts';
import type { Trial } from '../trial.ts';

/** [batches, rows, inner, columns] */
const sizes = quadruples(
  '1 3 4 5, 2 1 1 1, 3 2 3 4, 40 16 27 16, 7 6 1 16, 9 13 1 21, 5 17 33 40, 300 8 9 16, 2 70 300 65, ' +
    '3 100 20 1, 3 1 20 100, 3 0 4 5, 3 4 0 5, 3 4 5 0',
);

const transposes = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

export const matmulBatchCases: readonly ConformanceCase[] = [
  ...sizes.map(([batches, m, k, n]) =>
    defineCase(
      'matmul in batches',
      `${batches} times ${m} x ${k} times ${k} x ${n}, all transposes`,
      async (t) => {
        const lefts = series(batches, (batch) => t.sample(m, k, 2 * batch));
        const rights = series(batches, (batch) => t.sample(k, n, 2 * batch + 1));
        const products = lefts.map((left, batch) => product(left, rights[batch] as Grid));
        const value = stacked(products.map((each) => each.value));
        const magnitude = stacked(products.map((each) => each.magnitude));
        for (const [transposeA, transposeB] of transposes) {
          const a = t.upload(stacked(transposeA ? lefts.map(transposed) : lefts));
          const b = t.upload(stacked(transposeB ? rights.map(transposed) : rights));
          const what = `A${transposeA ? 'ᵀ' : ''} B${transposeB ? 'ᵀ' : ''}`;
          const result = t.ops.matmul(a, b, { transposeA, transposeB, batches });
          await t.close(what, result, [batches * m, n], value.data, bound(t, k, magnitude));
        }
      },
    ),
  ),

  defineCase('matmul in batches', 'alpha, beta and out', async (t) => {
    for (const [batches, m, k, n] of quadruples('4 6 5 16, 3 7 40 9, 2 100 30 50, 2 3 0 4')) {
      const lefts = series(batches, (batch) => t.sample(m, k, 3 * batch));
      const rights = series(batches, (batch) => t.sample(k, n, 3 * batch + 1));
      const c = t.sample(batches * m, n, 99);
      const products = lefts.map((left, batch) => product(left, rights[batch] as Grid));
      const value = stacked(products.map((each) => each.value));
      const magnitude = stacked(products.map((each) => each.magnitude));
      for (const [alpha, beta] of pairs('-2 0, 0.5 1, 1 -0.25')) {
        const out = t.upload(c);
        const operands = [t.upload(stacked(lefts)), t.upload(stacked(rights))] as const;
        const result = t.ops.matmul(...operands, { alpha, beta, out, batches });
        demand(result === out, '`out` itself must be returned.');
        const expected = value.data.map((x, i) => alpha * x + beta * (c.data[i] as number));
        const size = changed(magnitude, (x, i, j) => Math.abs(alpha) * x + Math.abs(beta * at(c, i, j)));
        await t.close(`alpha ${alpha}, beta ${beta}`, out, [batches * m, n], expected, bound(t, k + 2, size));
      }
    }
  }),

  defineCase(
    'matmul in batches',
    'with beta 0 the old content of out is not read, even if NaN',
    async (t) => {
      const out = t.ops.full([4, 1], Number.NaN, t.dtype);
      t.ops.matmul(t.tensor([1, 2, 3, 4], [4, 1]), t.tensor([5, 6], [2, 1]), { out, batches: 2 });
      await t.equal('out', out, [4, 1], [5, 10, 18, 24]);
    },
  ),

  defineCase('matmul in batches', 'NaN stays in its matrix', async (t) => {
    const a = t.upload(grid3(t, 30, (batch, value) => (batch === 1 ? Number.NaN : value)));
    const result = t.ops.matmul(a, a, { transposeB: true, batches: 3 });
    const elements = await result.read();
    demand(
      elements.every((value, i) => Number.isNaN(value) === (i >= 900 && i < 1800)),
      'NaN in matrix 1 must give NaN there and nowhere else.',
    );
  }),
];

function series<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

/** Three matrices [30, columns] below each other. */
function grid3(t: Trial, columns: number, change: (batch: number, value: number) => number): Grid {
  return changed(t.sample(90, columns, 7), (value, i) => change(Math.floor(i / 30), value));
}

function stacked(grids: readonly Grid[]): Grid {
  const [first] = grids as [Grid];
  const data = new Float64Array(grids.length * first.data.length);
  for (const [index, { data: part }] of grids.entries()) data.set(part, index * part.length);
  return { rows: grids.length * first.rows, columns: first.columns, data };
}

function at(g: Grid, i: number, j: number): number {
  return g.data[i * g.columns + j] as number;
}

function bound(t: Trial, terms: number, magnitude: Grid): Float64Array {
  return magnitude.data.map((size) => (terms + 4) * t.epsilon * size);
}
