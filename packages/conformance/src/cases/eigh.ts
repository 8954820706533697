import { compare } from '../compare.ts';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import { cell, changed, type Grid, grid, largest, multiply, transposed } from '../reference/grid.ts';
import { withSpectrum } from '../reference/samples.ts';
import { triples } from '../reference/tuples.ts';
import type { Trial } from '../trial.ts';

export const eighCases: readonly ConformanceCase[] = [
  ...[0, 1, 2, 3, 5, 17, 64, 100, 129, 257].map((n) =>
    defineCase('eigh', `${n} x ${n}: any symmetric matrix`, async (t) => {
      const half = t.sample(n, n, 1);
      await demandDecomposition(t, symmetric(half));
    }),
  ),

  defineCase('eigh', 'known eigenvalues: the second difference', async (t) => {
    for (const n of [7, 33, 130]) {
      const a = grid(n, n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
      const known = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
      await demandDecomposition(t, a, known);
    }
  }),

  defineCase('eigh', 'a diagonal matrix, not in order', async (t) => {
    const n = 37;
    const a = grid(n, n, (i, j) => (i === j ? ((i * 17) % n) - 9 : 0));
    await demandDecomposition(
      t,
      a,
      Array.from({ length: n }, (_, i) => i - 9),
    );
  }),

  defineCase('eigh', 'zeros, ones and the identity', async (t) => {
    for (const n of [1, 4, 65]) {
      await demandDecomposition(
        t,
        grid(n, n, () => 0),
        new Array<number>(n).fill(0),
      );
      const identity = grid(n, n, (i, j) => (i === j ? 1 : 0));
      await demandDecomposition(t, identity, new Array<number>(n).fill(1));
      const ones = grid(n, n, () => 1);
      await demandDecomposition(t, ones, [...new Array<number>(n - 1).fill(0), n]);
    }
  }),

  defineCase('eigh', 'repeated and clustered eigenvalues keep orthogonal vectors', async (t) => {
    for (const n of [6, 50, 129]) {
      const repeated = Array.from({ length: n }, (_, i) => Math.floor((3 * i) / n) - 1);
      await demandDecomposition(t, t.rounded(withSpectrum(repeated, 2)), repeated);
      const clustered = Array.from({ length: n }, (_, i) => 1 + i * 4 * t.epsilon);
      await demandDecomposition(t, t.rounded(withSpectrum(clustered, 3)), clustered);
    }
  }),

  defineCase('eigh', 'rank-deficient and graded matrices', async (t) => {
    for (const n of [8, 65]) {
      const deficient = Array.from({ length: n }, (_, i) => Math.max(0, i - n + 4));
      await demandDecomposition(t, t.rounded(withSpectrum(deficient, 4)), deficient);
      const graded = Array.from({ length: n }, (_, i) => 10 ** ((-14 * (n - 1 - i)) / (n - 1)));
      await demandDecomposition(t, t.rounded(withSpectrum(graded, 5)), graded);
    }
  }),

  // Reduced to a tridiagonal matrix, these leave rounding errors of rounding errors, down to where squares
  // underflow.
  defineCase('eigh', 'products of few vectors that are mostly zero', async (t) => {
    for (const seed of [9, 10, 11, 12]) {
      for (const [n, rank, occupied] of triples('150 3 60, 194 2 20')) {
        const full = t.sample(n, rank, seed);
        const factor = changed(full, (value, i) => ((i * 7 + seed) % n < occupied ? value : 0));
        await demandDecomposition(t, t.rounded(multiply(factor, transposed(factor))));
      }
    }
  }),

  defineCase('eigh', 'large and small entries do not overflow', async (t) => {
    const scale = t.dtype === 'float64' ? 2 ** 600 : 2 ** 80;
    const a = symmetric(t.sample(20, 20, 6));
    for (const factor of [scale, 1 / scale])
      await demandDecomposition(
        t,
        changed(a, (value) => value * factor),
      );
  }),

  defineCase('eigh', 'only the lower triangle is read, and the matrix is kept', async (t) => {
    const a = symmetric(t.sample(40, 40, 7));
    const poisoned = changed(a, (value, i, j) => (j > i ? Number.NaN : value));
    const source = t.upload(poisoned);
    const { values, vectors } = await t.ops.eigh(source);
    demandAccurate(t, a, await t.read(values), await t.read(vectors));
    await t.equal('the matrix afterwards', source, [40, 40], poisoned.data);
  }),

  defineCase('eigh', 'NaN and infinity fail as no convergence and leave no tensor', async (t) => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const n of [1, 5, 66]) {
        const a = changed(symmetric(t.sample(n, n, 8)), (value, i, j) => (i + j === n - 1 ? bad : value));
        const source = t.upload(a);
        const before = t.ops.memory().tensors;
        await t.fails(`${bad} in ${n} x ${n}`, 'NO_CONVERGENCE', () => t.ops.eigh(source));
        demand(t.ops.memory().tensors === before, 'The failure must leave no tensor behind.');
      }
    }
  }),
];

function symmetric(half: Grid): Grid {
  return grid(half.rows, half.rows, (i, j) => cell(half, Math.max(i, j), Math.min(i, j)));
}

async function demandDecomposition(t: Trial, a: Grid, known?: readonly number[]): Promise<void> {
  const n = a.rows;
  const { values, vectors } = await t.ops.eigh(t.upload(a));
  demand(values.shape.join() === `${n}`, `The values must be [${n}], but are [${values.shape.join(', ')}].`);
  demand(vectors.shape.join() === `${n},${n}`, `The vectors must be [${n}, ${n}].`);
  demand(values.dtype === t.dtype && vectors.dtype === t.dtype, `Both results must be ${t.dtype}.`);
  const [w, v] = [await t.read(values), await t.read(vectors)];
  demandAccurate(t, a, w, v);
  if (known)
    compare(
      'eigenvalues',
      [n],
      w.data,
      known,
      unit(t, n) * largest({ ...a, data: Float64Array.from(known) }),
    );
}

/** Ascending values, orthogonal vectors, small residual: a stable method keeps n rounding units. */
function demandAccurate(t: Trial, a: Grid, w: Grid, v: Grid): void {
  const n = a.rows;
  for (let k = 1; k < n; k++) {
    const [before, after] = [w.data[k - 1] as number, w.data[k] as number];
    demand(before <= after, `${n} x ${n}: values must ascend, but ${before} comes before ${after} at ${k}.`);
  }
  const identity = grid(n, n, (i, j) => (i === j ? 1 : 0));
  compare(`${n} x ${n}: Vᵀ V`, [n, n], multiply(transposed(v), v).data, identity.data, unit(t, n));
  const scaled = grid(n, n, (i, j) => cell(v, i, j) * (w.data[j] as number));
  const restored = multiply(a, v);
  compare(`${n} x ${n}: A V`, [n, n], restored.data, scaled.data, unit(t, n) * largest(w));
}

/** Errors grow like the order at worst, and not below some units. */
function unit(t: Trial, n: number): number {
  return 4 * (n + 8) * t.epsilon;
}
