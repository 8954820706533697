import {
  constant,
  derivative,
  type Expression,
  input,
  inputNames,
  selectLessEqual,
  type Tensor,
} from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import { errorBound, reference, type Values } from '../reference/evaluate.ts';
import { cell, changed, type Grid, grid, product, transposed } from '../reference/grid.ts';
import { pairs, triples } from '../reference/tuples.ts';
import type { Trial } from '../trial.ts';
import { demandSymmetric } from './gram.ts';

const [u, p, q] = [input('u'), input('p'), input('q')];
const distance = p.add(q).sub(u.mul(2));

/** Kernels as functions of u = x · z, p = x · x, q = z · z. */
const kernels: Readonly<Record<string, Expression>> = {
  'the inner product': u,
  quadratic: u.mul(u).mul(3),
  Gaussian: distance
    .max(0)
    .div(2 * 1.3 ** 2)
    .neg()
    .exp(),
  Laplace: distance.max(0).sqrt().div(input('L')).neg().exp(),
  'the derivative of Laplace by u': derivative(distance.max(0).sqrt().div(input('L')).neg().exp(), 'u'),
  'arc-cosine NTK of depth 3': tangentKernel(3),
  'the derivative of the NTK by u': derivative(tangentKernel(2), 'u'),
  'no u at all': p.add(q).sqrt(),
};

/** [rows of X, rows of Z, columns] */
const sizes = triples('1 1 3, 2 3 5, 5 17 4, 64 64 8, 70 33 17, 129 17 64, 3 257 100, 257 5 3, 0 3 3, 3 0 3');

export const pairwiseCases: readonly ConformanceCase[] = [
  ...Object.entries(kernels).map(([name, kernel]) =>
    defineCase('pairwise', name, async (t) => {
      for (const [n, m, d] of sizes) await demandKernel(t, kernel, t.sample(n, d, 1), t.sample(m, d, 2));
    }),
  ),

  defineCase('pairwise', 'without columns every inner product is 0', async (t) => {
    const result = t.ops.pairwise(t.tensor([], [2, 0]), t.tensor([], [3, 0]), u.add(5));
    await t.equal('5 + u', result, [2, 3], [5, 5, 5, 5, 5, 5]);
  }),

  defineCase('pairwise', 'other inputs broadcast against the result', async (t) => {
    const [x, z, full, row] = [
      t.sample(37, 6, 3),
      t.sample(21, 6, 4),
      t.sample(37, 21, 5),
      t.sample(1, 21, 6),
    ];
    const { value } = product(x, transposed(z));
    const inputs = { full: t.upload(full), row: t.upload(row, [21]), s: t.tensor([0.5], []), number: 2 };
    const e = u
      .mul(input('full'))
      .add(input('row').mul(input('number')))
      .sub(input('s'));
    const expected = changed(value, (x, i, j) => x * cell(full, i, j) + 2 * cell(row, 0, j) - 0.5);
    const result = t.ops.pairwise(t.upload(x), t.upload(z), e, { inputs });
    await t.close('u full + 2 row - s', result, [37, 21], expected.data, 100 * t.epsilon);
  }),

  defineCase('pairwise', 'writes into out', async (t) => {
    const [x, z] = [t.sample(65, 9, 7), t.sample(70, 9, 8)];
    const out = t.ops.full([65, 70], Number.NaN, t.dtype);
    demand(t.ops.pairwise(t.upload(x), t.upload(z), u, { out }) === out, '`out` itself must be returned.');
    await t.close('u', out, [65, 70], product(x, transposed(z)).value.data, 100 * t.epsilon);
  }),

  defineCase(
    'pairwise',
    'a symmetric result is exactly symmetric, and the same as without the flag',
    async (t) => {
      for (const [n, d] of pairs('1 3, 5 3, 64 7, 130 20, 257 4')) {
        const x = t.sample(n, d, 9);
        const tensor = t.upload(x);
        const inputs = norms(t, x, x, 0.8);
        const kernel = laplaceWithReset(t);
        const result = t.ops.pairwise(tensor, tensor, kernel, { inputs, symmetric: true });
        demandSymmetric(await t.read(result));
        const plain = await t.read(t.ops.pairwise(tensor, tensor, kernel, { inputs }));
        await t.close(`${n} points`, result, [n, n], plain.data, 1e4 * t.epsilon);
      }
    },
  ),

  defineCase(
    'pairwise',
    'coincident points have exactly kernel 1 when distances at rounding level are reset',
    async (t) => {
      const x = t.sample(97, 12, 10);
      const tensor = t.upload(x);
      const norm = t.ops.sum(t.ops.map(input('x').mul(input('x')), { x: tensor }), 1);
      const inputs = { p: norm, q: t.ops.transpose(norm), L: 0.7 };
      const kernel = t.ops.pairwise(tensor, t.ops.clone(tensor), laplaceWithReset(t), { inputs });
      await t.equal('the diagonal', t.ops.diagonal(kernel), [97], new Array<number>(97).fill(1));
    },
  ),

  defineCase(
    'pairwise',
    'distances up to bounds of their rows and columns are 0, all others stay',
    async (t) => {
      // Whole numbers, whose products are exact, and bounds between them.
      const whole = (rows: number, seed: number): Grid =>
        changed(t.sample(rows, 5, seed), (value) => Math.round(2 * value));
      const [x, z] = [whole(41, 13), whole(35, 14)];
      const bounds = (rows: number, step: number) => Array.from({ length: rows }, (_, i) => (i % 3) * step);
      const [left, right] = [bounds(41, 4.5), bounds(35, 3.25)];
      const inputs = {
        p: t.tensor(squares(t, x), [41, 1]),
        q: t.tensor(squares(t, z), [1, 35]),
        r: t.tensor(left, [41, 1]),
        t: t.tensor(right, [1, 35]),
      };
      const level = input('r').add(input('t'));
      const result = t.ops.pairwise(t.upload(x), t.upload(z), selectLessEqual(distance, level, 0, distance), {
        inputs,
      });
      const expected = grid(41, 35, (i, j) => {
        let d = 0;
        for (let k = 0; k < 5; k++) d += (cell(x, i, k) - cell(z, j, k)) ** 2;
        return d <= (left[i] as number) + (right[j] as number) ? 0 : d;
      });
      await t.equal('squared distances', result, [41, 35], expected.data);
    },
  ),

  defineCase('pairwise', 'NaN stays in its row', async (t) => {
    const x = changed(t.sample(40, 5, 11), (value, i, j) => (i === 17 && j === 4 ? Number.NaN : value));
    const z = t.sample(33, 5, 12);
    const result = t.ops.pairwise(t.upload(x), t.upload(z), u.abs().exp());
    const expected = changed(product(x, transposed(z)).value, (value) => Math.exp(Math.abs(value)));
    await t.close('exp |u|', result, [40, 33], expected.data, 1000 * t.epsilon);
  }),
];

/** The Laplace kernel, distances that are rounding only becoming 0: d² <= 16 ε (p + q). */
function laplaceWithReset(t: Trial): Expression {
  const level = p.add(q).mul(16 * t.epsilon);
  const reset = selectLessEqual(distance, level, 0, distance);
  return reset.sqrt().div(input('L')).neg().exp();
}

/**
 * The neural tangent kernel of a rectifier network: N T with N = sqrt(p q), S = T = u / N, then T <- T k0(S)
 * + k1(S), S <- k1(S).
 */
function tangentKernel(depth: number): Expression {
  const scale = p.mul(q).sqrt();
  let covariance: Expression = u.div(scale);
  let tangent = covariance;
  for (let layer = 1; layer < depth; layer++) {
    tangent = tangent.mul(covariance.arcCosine0()).add(covariance.arcCosine1());
    covariance = covariance.arcCosine1();
  }
  return tangent.mul(scale).add(constant(0));
}

async function demandKernel(t: Trial, kernel: Expression, x: Grid, z: Grid): Promise<void> {
  const [n, m, d] = [x.rows, z.rows, x.columns];
  const { value, magnitude } = product(x, transposed(z));
  const needed = inputNames(kernel);
  const all = norms(t, x, z, 0.8);
  const inputs = Object.fromEntries(Object.entries(all).filter(([name]) => needed.includes(name)));
  const [px, qz] = [squares(t, x), squares(t, z)];
  const at = (i: number, j: number): Values => ({
    u: cell(value, i, j),
    p: px[i] as number,
    q: qz[j] as number,
    L: 0.8,
  });
  const bound = errorBound(kernel, t.epsilon);
  const exact = reference(kernel);
  const expected = grid(n, m, (i, j) => exact(at(i, j)));
  const tolerance = grid(n, m, (i, j) => bound(at(i, j), { u: (d + 4) * t.epsilon * cell(magnitude, i, j) }));
  const result = t.ops.pairwise(t.upload(x), t.upload(z), kernel, { inputs });
  await t.close(`${n} x ${m} in ${d} dimensions`, result, [n, m], expected.data, tolerance.data);
}

function norms(t: Trial, x: Grid, z: Grid, bandwidth: number): Record<string, Tensor | number> {
  return { p: t.tensor(squares(t, x), [x.rows, 1]), q: t.tensor(squares(t, z), [1, z.rows]), L: bandwidth };
}

/** x · x per row, rounded to the dtype: the reference is given what the backend is given. */
function squares(t: Trial, x: Grid): number[] {
  return Array.from({ length: x.rows }, (_, i) => {
    const row = x.data.subarray(i * x.columns, (i + 1) * x.columns);
    return t.round(row.reduce((sum, value) => sum + value * value, 0));
  });
}
