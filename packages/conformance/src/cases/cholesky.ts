import type { NotPositiveDefiniteError, Tensor } from '@agop/core';
import { compare } from '../compare.ts';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import { cell, changed, type Grid, grid, product, transposed } from '../reference/grid.ts';
import { positiveDefinite } from '../reference/samples.ts';
import { pairs, triples } from '../reference/tuples.ts';
import type { Trial } from '../trial.ts';

const sizes = [0, 1, 2, 3, 5, 17, 64, 65, 100, 129, 257];

/** [order, pivot]: first, last, and at both sides of the places where engines block. */
const failures = pairs('1 0, 5 2, 17 16, 100 99, 129 63, 129 64, 257 0, 257 131, 257 256');

export const choleskyCases: readonly ConformanceCase[] = [
  defineCase('cholesky', 'L Lᵀ = A for all sizes, L lower triangular with a positive diagonal', async (t) => {
    for (const n of sizes) {
      const a = t.rounded(positiveDefinite(n, 1));
      const source = t.upload(a);
      await demandFactor(t, `${n} x ${n}`, await t.ops.cholesky(source), a);
      await t.equal('the matrix afterwards', source, [n, n], a.data);
    }
  }),

  defineCase('cholesky', 'only the lower triangle is read', async (t) => {
    for (const n of [2, 17, 130]) {
      const a = t.rounded(positiveDefinite(n, 2));
      const lower = changed(a, (value, i, j) => (j > i ? Number.NaN : value));
      await demandFactor(t, `${n} x ${n}`, await t.ops.cholesky(t.upload(lower)), a);
    }
  }),

  defineCase('cholesky', 'ridge is added to the diagonal', async (t) => {
    for (const n of [1, 5, 65]) {
      const ridge = 0.75;
      const a = t.sample(n, n, 3);
      const symmetric = grid(n, n, (i, j) => cell(a, Math.max(i, j), Math.min(i, j)) / n);
      const shifted = changed(symmetric, (value, i, j) => value + (i === j ? 1 + ridge : 0));
      const source = t.upload(t.rounded(changed(symmetric, (value, i, j) => value + (i === j ? 1 : 0))));
      await demandFactor(t, `${n} x ${n}`, await t.ops.cholesky(source, { ridge }), t.rounded(shifted));
    }
  }),

  defineCase('cholesky', 'overwrite reuses the memory of the matrix', async (t) => {
    const a = t.rounded(positiveDefinite(65, 4));
    const source = t.upload(a);
    const before = t.ops.memory();
    const factor = await t.ops.cholesky(source, { overwrite: true });
    demand(factor === source, 'The matrix itself must be returned.');
    demand(t.ops.memory().bytes === before.bytes, 'No memory may be added.');
    await demandFactor(t, 'overwritten', factor, a);
  }),

  defineCase(
    'cholesky',
    'a failure names the pivot, its value and the order, and leaves no tensor',
    async (t) => {
      for (const [n, pivot] of failures) {
        const matrix = t.upload(t.rounded(indefinite(n, pivot)));
        const before = t.ops.memory().tensors;
        const error = await t.fails(`pivot ${pivot} of ${n}`, 'NOT_POSITIVE_DEFINITE', () =>
          t.ops.cholesky(matrix),
        );
        demandPivot(error, n, pivot);
        demand(
          (error as NotPositiveDefiniteError).value < 0,
          'The value of the pivot must be negative here.',
        );
        demand(t.ops.memory().tensors === before, 'The failure must leave no tensor behind.');
        matrix.dispose();
      }
    },
  ),

  defineCase('cholesky', 'a singular matrix fails at its first dependent row', async (t) => {
    const zeros = await t.fails('zeros', 'NOT_POSITIVE_DEFINITE', () =>
      t.ops.cholesky(t.ops.full([3, 3], 0, t.dtype)),
    );
    demandPivot(zeros, 3, 0);
    const ones = await t.fails('ones', 'NOT_POSITIVE_DEFINITE', () =>
      t.ops.cholesky(t.ops.full([3, 3], 1, t.dtype)),
    );
    demandPivot(ones, 3, 1);
    demand((ones as NotPositiveDefiniteError).value === 0, 'The value of the pivot must be 0.');
  }),

  defineCase('cholesky', 'NaN fails at the row in which it stands', async (t) => {
    for (const [n, row, column] of triples('3 0 0, 100 40 3, 200 150 150')) {
      const a = changed(positiveDefinite(n, 5), (value, i, j) =>
        i === row && j === column ? Number.NaN : value,
      );
      const matrix = t.upload(t.rounded(a));
      const error = await t.fails('NaN', 'NOT_POSITIVE_DEFINITE', () => t.ops.cholesky(matrix));
      demandPivot(error, n, row);
      demand(Number.isNaN((error as NotPositiveDefiniteError).value), 'The value of the pivot must be NaN.');
    }
  }),
];

/** Source of the bound: Higham 2002, "Accuracy and Stability", theorem 10.3. */
async function demandFactor(t: Trial, what: string, factor: Tensor, a: Grid): Promise<void> {
  const n = a.rows;
  const l = await t.read(factor);
  for (let i = 0; i < n; i++) {
    demand(cell(l, i, i) > 0, `${what}: diagonal entry ${i} of L must be positive, but is ${cell(l, i, i)}.`);
    for (let j = i + 1; j < n; j++) {
      demand(
        cell(l, i, j) === 0,
        `${what}: L must be 0 above the diagonal, but (${i}, ${j}) is ${cell(l, i, j)}.`,
      );
    }
  }
  const { value, magnitude } = product(l, transposed(l));
  const tolerance = magnitude.data.map((size) => (n + 4) * t.epsilon * size);
  compare(`${what}: L Lᵀ`, [n, n], value.data, a.data, tolerance);
}

/** Positive pivots up to one that is negative. */
function indefinite(n: number, pivot: number): Grid {
  return changed(positiveDefinite(n, 6), (value, i, j) => value - (i === pivot && j === pivot ? 20 : 0));
}

function demandPivot(
  error: unknown,
  order: number,
  pivot: number,
): asserts error is NotPositiveDefiniteError {
  const failure = error as NotPositiveDefiniteError;
  demand(failure.pivot === pivot, `Pivot ${pivot} of ${order} must fail, but ${failure.pivot} did.`);
  demand(failure.order === order, `The error's order must be ${order}, but is ${failure.order}.`);
}
