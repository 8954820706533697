import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { cell, changed, type Grid, grid } from '../reference/grid.ts';
import { triples } from '../reference/tuples.ts';
import type { Trial } from '../trial.ts';

const powers = [1, 1.5, 2, 3, 0.7];

/** [rows of X, rows of Z, columns] */
const sizes = triples('1 1 1, 2 3 5, 17 5 3, 64 65 17, 129 7 64, 3 130 100, 0 2 3, 2 0 3, 2 3 0');

export const powerDistanceCases: readonly ConformanceCase[] = [
  ...powers.map((p) =>
    defineCase('powerDistances', `p = ${p}: distances and gradients`, async (t) => {
      for (const [n, m, d] of sizes) {
        const [x, z, w] = [t.sample(n, d, 1), t.sample(m, d, 2), t.sample(n, m, 3)];
        const what = `${n} x ${m} in ${d} dimensions`;
        const distances = t.ops.powerDistances(t.upload(x), t.upload(z), p);
        const expected = referenceDistances(x, z, p);
        const tolerance = expected.data.map((value) => (d + 32) * t.epsilon * value);
        await t.close(what, distances, [n, m], expected.data, tolerance);
        await demandGradients(t, what, w, x, z, p);
      }
    }),
  ),

  defineCase('powerDistances', 'gradients agree with finite differences of the distances', async (t) => {
    const step = t.dtype === 'float64' ? 1e-6 : 2 ** -8;
    const [x, z, w] = [t.sample(6, 3, 4), t.sample(5, 3, 5), t.sample(6, 5, 6)];
    const [zTensor, wTensor] = [t.upload(z), t.upload(w)];
    const weighted = async (column: number, shift: number): Promise<number[]> => {
      const moved = t.rounded(changed(x, (value, _i, j) => value + (j === column ? shift : 0)));
      const distances = await t.read(t.ops.powerDistances(t.upload(moved), zTensor, 3));
      return Array.from({ length: 6 }, (_, i) =>
        Array.from({ length: 5 }, (_, j) => cell(w, i, j) * cell(distances, i, j)).reduce((a, b) => a + b, 0),
      );
    };
    const gradients = await t.read(t.ops.powerDistanceGradients(wTensor, t.upload(x), zTensor, 3));
    for (let column = 0; column < 3; column++) {
      const [above, below] = [await weighted(column, step), await weighted(column, -step)];
      const slopes = t.tensor(above.map((value, i) => (value - (below[i] as number)) / (2 * step)));
      const expected = Array.from({ length: 6 }, (_, i) => 3 * cell(gradients, i, column));
      await t.close(`column ${column}`, slopes, [6], expected, t.dtype === 'float64' ? 1e-7 : 5e-3);
    }
  }),

  defineCase('powerDistances', 'coincident coordinates give exactly 0, for every p', async (t) => {
    const x = t.sample(33, 9, 7);
    const tensor = t.upload(x);
    for (const p of powers) {
      const self = t.ops.diagonal(t.ops.powerDistances(tensor, t.ops.clone(tensor), p));
      await t.equal(`distances, p = ${p}`, self, [33], new Array<number>(33).fill(0));
      const point = t.ops.rows(tensor, 4, 5);
      const gradient = t.ops.powerDistanceGradients(t.tensor([1], [1, 1]), point, t.ops.clone(point), p);
      await t.equal(`gradients, p = ${p}`, gradient, [1, 9], new Array<number>(9).fill(0));
    }
  }),

  defineCase('powerDistances', 'NaN and infinity pass through', async (t) => {
    const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
    const [x, z] = [t.tensor([1, nan, inf, 2], [2, 2]), t.tensor([0, 0], [1, 2])];
    for (const p of powers) {
      await t.equal(`p = ${p}`, t.ops.powerDistances(x, z, p), [2, 1], [nan, inf]);
    }
    const gradients = t.ops.powerDistanceGradients(t.ops.full([2, 1], 1, t.dtype), x, z, 2);
    await t.equal('gradients', gradients, [2, 2], [1, nan, inf, 2]);
  }),
];

function referenceDistances(x: Grid, z: Grid, p: number): Grid {
  return grid(x.rows, z.rows, (i, j) => {
    let sum = 0;
    for (let k = 0; k < x.columns; k++) sum += Math.abs(cell(x, i, k) - cell(z, j, k)) ** p;
    return sum;
  });
}

async function demandGradients(t: Trial, what: string, w: Grid, x: Grid, z: Grid, p: number): Promise<void> {
  const term = (i: number, j: number, k: number): number => {
    const difference = cell(x, i, k) - cell(z, j, k);
    const power = difference === 0 ? 0 : Math.abs(difference) ** (p - 1);
    return cell(w, i, j) * (difference < 0 ? -power : power);
  };
  const [value, size] = [false, true].map((absolute) =>
    grid(x.rows, x.columns, (i, k) => {
      let sum = 0;
      for (let j = 0; j < z.rows; j++) sum += absolute ? Math.abs(term(i, j, k)) : term(i, j, k);
      return sum;
    }),
  ) as [Grid, Grid];
  const gradients = t.ops.powerDistanceGradients(t.upload(w), t.upload(x), t.upload(z), p);
  const tolerance = size.data.map((sum) => (z.rows + 32) * t.epsilon * sum);
  await t.close(`${what}, gradients`, gradients, [x.rows, x.columns], value.data, tolerance);
}
