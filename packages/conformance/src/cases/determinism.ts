import { input, type Tensor } from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { positiveDefinite } from '../reference/samples.ts';
import type { Trial } from '../trial.ts';

type Operation = (t: Trial, x: Tensor, z: Tensor, spd: Tensor) => Tensor | Promise<Tensor>;

const operations: Readonly<Record<string, Operation>> = {
  random: ({ ops, dtype }) => ops.random([77, 13], 'normal', { seed: 7 }, dtype),
  matmul: ({ ops }, x, z) => ops.matmul(x, z, { transposeB: true }),
  'matmul in batches': ({ ops }, x) => ops.matmul(x, x, { transposeA: true, batches: 131 }),
  windowSums: ({ ops }, _x, z) => ops.windowSums(z, { height: 7, width: 10, size: 3 }),
  gram: ({ ops }, x) => ops.gram(x, { transpose: true }),
  cholesky: ({ ops }, _x, _z, spd) => ops.cholesky(spd),
  solvePositiveDefinite: ({ ops }, x, _z, spd) => ops.solvePositiveDefinite(spd, x),
  eigenvectors: async (t, _x, _z, spd) => (await t.ops.eigh(spd)).vectors,
  map: ({ ops }, x) => ops.map(input('x').sin().exp(), { x }),
  sum: ({ ops }, x) => ops.sum(x, 'all'),
  'sum of columns': ({ ops }, x) => ops.sum(x, 0),
  norm: ({ ops }, x) => ops.norm(x, 1),
  pairwise: ({ ops }, x, z) => ops.pairwise(x, z, input('u').mul(0.1).exp()),
  powerDistances: ({ ops }, x, z) => ops.powerDistances(x, z, 1.5),
  powerDistanceGradients: ({ ops }, x, z) =>
    ops.powerDistanceGradients(ops.matmul(x, z, { transposeB: true }), x, z, 1.5),
};

export const determinismCases: readonly ConformanceCase[] = Object.entries(operations).map(
  ([name, operation]) =>
    defineCase('determinism', `${name}: the same call gives the same bits`, async (t) => {
      const [x, z] = [t.upload(t.sample(131, 67, 1)), t.upload(t.sample(70, 67, 2))];
      const spd = t.upload(t.rounded(positiveDefinite(131, 3)));
      await t.repeatable(name, () => operation(t, x, z, spd));
    }),
);
