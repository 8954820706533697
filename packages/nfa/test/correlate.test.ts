import { type Backend, randomArray, Scope } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { cosineSimilarity, matrixPower, pearsonCorrelation } from '@agop/rfm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compareWithAgop, compareWithAgopAndRoot, correlate } from '../src/comparison/correlate.ts';

let backend: Backend;
beforeEach(() => {
  backend = createNaiveBackend();
});
afterEach(() => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

it.each([
  { title: 'fewer units than inputs', units: 4, inputs: 9 },
  { title: 'as many', units: 5, inputs: 5 },
  { title: 'more units than inputs', units: 8, inputs: 3 },
])('a layer with $title has the similarity of the matrices themselves', async ({ units, inputs }) => {
  using scope = new Scope(backend);
  const { ops } = scope;
  const draw = (rows: number, columns: number, seed: number) =>
    ops.tensor(randomArray(rows * columns, 'normal', { seed }, 'float64'), [rows, columns], 'float64');
  const [w, a] = [draw(units, inputs, 1), draw(6, inputs, 2)];
  const k = ops.gram(draw(units, 3, 3));
  const agop = ops.matmul(w, ops.matmul(k, w), { transposeA: true });
  const root = await matrixPower(ops, agop, 0.5);
  const plain = await compareWithAgop(ops, w, k);
  const rooted = await compareWithAgopAndRoot(ops, w, k);
  for (const matrix of [w, a]) {
    const nfm = await ops.gram(matrix, { transpose: true }).read();
    const expected = [agop, root].map(async (other) => {
      const values = await other.read();
      return [cosineSimilarity(nfm, values), pearsonCorrelation(nfm, values)] as const;
    });
    const [withAgop, withRoot] = await Promise.all(expected);
    const own = await rooted(matrix);
    // Roots of a singular AGOP are known to the root of the rounding.
    const found = [
      [await plain(matrix), withAgop, 10],
      [own.agop, withAgop, 10],
      [own.root, withRoot, 6],
    ] as const;
    for (const [similarity, [cosine, pearson] = [Number.NaN, Number.NaN], digits] of found) {
      expect(similarity.cosine).toBeCloseTo(cosine, digits);
      expect(similarity.pearson).toBeCloseTo(pearson, digits);
    }
    expect(await correlate(ops, matrix, w, k)).toEqual({
      ...own.agop,
      rootCosine: own.root.cosine,
      rootPearson: own.root.pearson,
    });
  }
});
