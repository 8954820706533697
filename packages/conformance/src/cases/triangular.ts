import { compare } from '../compare.ts';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import { changed, type Grid, product, transposed } from '../reference/grid.ts';
import { pairs } from '../reference/tuples.ts';
import type { Trial } from '../trial.ts';

/** [order, right-hand sides] */
const sizes = pairs('0 2, 1 1, 2 3, 5 1, 17 17, 64 5, 65 1, 100 130, 129 3, 257 9, 3 0');

export const triangularCases: readonly ConformanceCase[] = [
  defineCase('solveTriangular', 'L X = B and Lᵀ X = B for all sizes', async (t) => {
    for (const [n, k] of sizes) {
      const [l, b] = [factor(t, n, 1), t.sample(n, k, 2)];
      for (const transpose of [false, true]) {
        const right = t.upload(b);
        const x = t.ops.solveTriangular(t.upload(l), right, { transpose });
        demandSolution(t, `${n} x ${n}, ${k} columns`, transpose ? transposed(l) : l, await t.read(x), b);
        await t.equal('the right-hand side afterwards', right, [n, k], b.data);
      }
    }
  }),

  defineCase('solveTriangular', 'what stands above the diagonal is not read', async (t) => {
    const [l, b] = [factor(t, 70, 3), t.sample(70, 4, 4)];
    const poisoned = t.upload(changed(l, (value, i, j) => (j > i ? Number.NaN : value)));
    for (const transpose of [false, true]) {
      const x = t.ops.solveTriangular(poisoned, t.upload(b), { transpose });
      demandSolution(t, 'NaN above', transpose ? transposed(l) : l, await t.read(x), b);
    }
  }),

  defineCase('solveTriangular', 'overwrite reuses the memory of the right-hand side', async (t) => {
    const [l, b] = [factor(t, 65, 5), t.sample(65, 7, 6)];
    for (const transpose of [false, true]) {
      const [lower, right] = [t.upload(l), t.upload(b)];
      const before = t.ops.memory();
      const x = t.ops.solveTriangular(lower, right, { transpose, overwrite: true });
      demand(x === right, 'The right-hand side itself must be returned.');
      demand(t.ops.memory().bytes === before.bytes, 'No memory may be added.');
      demandSolution(t, 'overwritten', transpose ? transposed(l) : l, await t.read(x), b);
    }
  }),

  defineCase('solveTriangular', 'NaN in a right-hand side stays in its column', async (t) => {
    const l = factor(t, 40, 7);
    const b = changed(t.sample(40, 5, 8), (value, i, j) => (i === 20 && j === 2 ? Number.NaN : value));
    const x = await t.read(t.ops.solveTriangular(t.upload(l), t.upload(b)));
    for (const [index, value] of x.data.entries()) {
      const [i, j] = [Math.floor(index / 5), index % 5];
      const expected = j === 2 && i >= 20;
      demand(Number.isNaN(value) === expected, `(${i}, ${j}) must ${expected ? '' : 'not '}be NaN.`);
    }
  }),
];

/** Lower triangular and well-conditioned. */
function factor(t: Trial, n: number, seed: number): Grid {
  return changed(t.sample(n, n, seed), (value, i, j) => {
    if (j > i) return 0;
    return t.round(i === j ? 1 + Math.abs(value) : value / Math.sqrt(n));
  });
}

/** Residual of a stable solution, with room for inverted diagonal blocks. Higham 2002, theorem 8.5. */
function demandSolution(t: Trial, what: string, l: Grid, x: Grid, b: Grid): void {
  const { value, magnitude } = product(l, x);
  const n = l.rows;
  const tolerance = magnitude.data.map(
    (size, i) => 4 * (n + 4) * t.epsilon * (size + Math.abs(b.data[i] as number)),
  );
  compare(`${what}: L X`, [n, b.columns], value.data, b.data, tolerance);
}
