import type { NotPositiveDefiniteError } from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import { cell, changed, frobenius, type Grid, grid, multiply } from '../reference/grid.ts';
import { positiveDefinite, withSpectrum } from '../reference/samples.ts';
import { pairs } from '../reference/tuples.ts';
import type { Trial } from '../trial.ts';

const sizes = pairs('0 1, 1 1, 2 2, 5 3, 17 1, 64 64, 100 10, 129 2, 257 5, 4 0');

/** Condition numbers up to 1e14 in float64, and as far from the end of the digits in float32. */
const conditions = { float64: [1e4, 1e10, 1e14], float32: [1e2, 1e4, 1e5] };

export const solveCases: readonly ConformanceCase[] = [
  defineCase('solvePositiveDefinite', 'A X = B for all sizes', async (t) => {
    for (const [n, k] of sizes) {
      const [a, b] = [t.rounded(positiveDefinite(n, 1)), t.sample(n, k, 2)];
      const [matrix, right] = [t.upload(a), t.upload(b)];
      const x = await t.ops.solvePositiveDefinite(matrix, right);
      demandSolution(t, `${n} x ${n}, ${k} columns`, a, await t.read(x), b);
      await t.equal('the matrix afterwards', matrix, [n, n], a.data);
      await t.equal('the right-hand side afterwards', right, [n, k], b.data);
    }
  }),

  defineCase(
    'solvePositiveDefinite',
    'ridge is added to the diagonal, of a singular matrix too',
    async (t) => {
      const [ones, b] = [grid(65, 65, () => 1), t.sample(65, 3, 3)];
      const x = await t.ops.solvePositiveDefinite(t.upload(ones), t.upload(b), { ridge: 0.5 });
      const shifted = changed(ones, (value, i, j) => value + (i === j ? 0.5 : 0));
      demandSolution(t, 'ones + 0.5 I', shifted, await t.read(x), b);
    },
  ),

  defineCase(
    'solvePositiveDefinite',
    'the residual stays small however ill-conditioned the matrix',
    async (t) => {
      for (const condition of conditions[t.dtype]) {
        for (const n of [5, 48, 130]) {
          const spectrum = Array.from({ length: n }, (_, i) => condition ** -(i / (n - 1)));
          const a = t.rounded(withSpectrum(spectrum, 4));
          const b = t.sample(n, 3, 5);
          const x = await t.ops.solvePositiveDefinite(t.upload(a), t.upload(b));
          demandSolution(t, `condition ${condition.toExponential(0)}, ${n} x ${n}`, a, await t.read(x), b);
        }
      }
    },
  ),

  defineCase(
    'solvePositiveDefinite',
    'overwrite leaves the factor in the memory of the matrix',
    async (t) => {
      const [a, b] = [t.rounded(positiveDefinite(65, 6)), t.sample(65, 4, 7)];
      const [matrix, right] = [t.upload(a), t.upload(b)];
      const x = await t.ops.solvePositiveDefinite(matrix, right, { overwrite: true });
      demandSolution(t, 'overwritten', a, await t.read(x), b);
      const factor = await t.read(await t.ops.cholesky(t.upload(a)));
      await t.close('the factor', matrix, [65, 65], factor.data, 1000 * t.epsilon);
    },
  ),

  defineCase(
    'solvePositiveDefinite',
    'an indefinite matrix fails with its pivot and leaves no tensor',
    async (t) => {
      const a = changed(positiveDefinite(100, 8), (value, i, j) => value - (i === 70 && j === 70 ? 20 : 0));
      const [matrix, right] = [t.upload(t.rounded(a)), t.upload(t.sample(100, 2, 9))];
      const before = t.ops.memory().tensors;
      const error = await t.fails('indefinite', 'NOT_POSITIVE_DEFINITE', () =>
        t.ops.solvePositiveDefinite(matrix, right),
      );
      demand((error as NotPositiveDefiniteError).pivot === 70, 'Pivot 70 must fail.');
      demand(t.ops.memory().tensors === before, 'The failure must leave no tensor behind.');
    },
  ),
];

/**
 * The normwise backward error ‖B − A X‖ / (‖A‖ ‖X‖ + ‖B‖) is that of a stable method: below n rounding units,
 * whatever the condition of A. Source: Higham 2002, "Accuracy and Stability", theorem 10.4.
 */
function demandSolution(t: Trial, what: string, a: Grid, x: Grid, b: Grid): void {
  const image = multiply(a, x);
  const residual = frobenius(changed(b, (target, i, j) => target - cell(image, i, j)));
  const scale = frobenius(a) * frobenius(x) + frobenius(b);
  const allowed = (a.rows + 4) * t.epsilon * scale;
  demand(
    residual <= allowed,
    `${what}: the residual must be at most ${allowed.toExponential(2)}, but is ${residual.toExponential(2)}.`,
  );
}
