import type { Axis, Shape } from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { cell, changed, type Grid } from '../reference/grid.ts';
import { pairs } from '../reference/tuples.ts';
import type { Trial } from '../trial.ts';

const sizes = pairs('1 1, 1 5, 5 1, 3 7, 17 64, 65 33, 129 257, 2 5003, 5003 2');

const axes: readonly Axis[] = [0, 1, 'all'];
const [nan, lowest] = [Number.NaN, Number.NEGATIVE_INFINITY];

export const reductionCases: readonly ConformanceCase[] = [
  ...axes.map((axis) =>
    defineCase('reductions', `sum, mean, max and norm along axis ${axis}`, async (t) => {
      for (const [rows, columns] of sizes) await demandReductions(t, t.sample(rows, columns, 1), axis);
      for (const [rows, columns] of pairs('0 3, 3 0, 0 0')) {
        await demandReductions(t, t.sample(rows, columns, 2), axis);
      }
    }),
  ),

  defineCase('reductions', 'ranks 0 and 1 count as one row', async (t) => {
    const vector = t.tensor([1, -4, 2]);
    await t.equal('sum, axis 0', t.ops.sum(vector, 0), [1, 3], [1, -4, 2]);
    await t.equal('sum, axis 1', t.ops.sum(vector, 1), [1, 1], [-1]);
    await t.equal('max, all', t.ops.max(vector, 'all'), [], [2]);
    const scalar = t.tensor([-3], []);
    await t.equal('norm', t.ops.norm(scalar, 'all'), [], [3]);
    await t.equal('mean', t.ops.mean(scalar, 1), [1, 1], [-3]);
  }),

  defineCase('reductions', 'NaN and infinity pass through', async (t) => {
    const a = t.tensor([1, nan, 3, 4, 5, lowest, -lowest, 2, lowest, lowest, lowest, lowest], [3, 4]);
    await t.equal('sum', t.ops.sum(a, 1), [3, 1], [nan, nan, lowest]);
    await t.equal('mean', t.ops.mean(a, 1), [3, 1], [nan, nan, lowest]);
    await t.equal('max', t.ops.max(a, 1), [3, 1], [nan, -lowest, lowest]);
    await t.equal('max, axis 0', t.ops.max(a, 0), [1, 4], [5, nan, -lowest, 4]);
    await t.equal('norm', t.ops.norm(a, 1), [3, 1], [nan, -lowest, -lowest]);
    await t.equal('max, all', t.ops.max(a, 'all'), [], [nan]);
    const late = changed(t.sample(3, 1001, 3), (value, i, j) => (i === 1 && j === 1000 ? nan : value));
    const largest = [0, 1, 2].map((i) =>
      i === 1 ? nan : Math.max(...late.data.subarray(i * 1001, (i + 1) * 1001)),
    );
    await t.equal('max with a NaN at the end', t.ops.max(t.upload(late), 1), [3, 1], largest);
  }),

  defineCase('reductions', 'argmax() gives the first largest entry', async (t) => {
    for (const [rows, columns] of sizes) {
      const a = changed(t.sample(rows, columns, 4), (value) => Math.round(value * 5)); // many ties
      const tensor = t.upload(a);
      for (const axis of [0, 1] as const) {
        const expected = lines(a, axis).map((line) => line.indexOf(Math.max(...line)));
        const what = `${rows} x ${columns}, axis ${axis}`;
        await t.equal(what, t.ops.argmax(tensor, axis), [expected.length], expected, 'int32');
      }
    }
    await t.equal(
      'infinite',
      t.ops.argmax(t.tensor([lowest, lowest, lowest, 1], [2, 2]), 1),
      [2],
      [0, 1],
      'int32',
    );
    await t.equal('nothing to reduce', t.ops.argmax(t.tensor([], [0, 3]), 1), [0], [], 'int32');
  }),
];

async function demandReductions(t: Trial, a: Grid, axis: Axis): Promise<void> {
  const groups = axis === 'all' ? [Array.from(a.data)] : lines(a, axis);
  const shape: Shape = axis === 'all' ? [] : axis === 0 ? [1, groups.length] : [groups.length, 1];
  const count = axis === 'all' ? a.data.length : axis === 0 ? a.rows : a.columns;
  const what = `${a.rows} x ${a.columns}`;
  const tensor = t.upload(a);
  const sums = groups.map((line) => line.reduce((sum, value) => sum + value, 0));
  const magnitudes = groups.map((line) => line.reduce((sum, value) => sum + Math.abs(value), 0));
  const unit = (count + 4) * t.epsilon;
  await t.close(
    `sum of ${what}`,
    t.ops.sum(tensor, axis),
    shape,
    sums,
    magnitudes.map((m) => unit * m),
  );
  const means = sums.map((sum) => sum / count);
  const meanTolerance = magnitudes.map((m) => (unit * m) / Math.max(1, count));
  await t.close(`mean of ${what}`, t.ops.mean(tensor, axis), shape, means, meanTolerance);
  const largest = groups.map((line) => line.reduce((most, value) => Math.max(most, value), lowest));
  await t.equal(`max of ${what}`, t.ops.max(tensor, axis), shape, largest);
  const norms = groups.map((line) => Math.sqrt(line.reduce((sum, value) => sum + value * value, 0)));
  await t.close(
    `norm of ${what}`,
    t.ops.norm(tensor, axis),
    shape,
    norms,
    norms.map((norm) => unit * norm),
  );
}

/** Columns (axis 0) or rows (axis 1). */
function lines(a: Grid, axis: 0 | 1): number[][] {
  const [kept, reduced] = axis === 0 ? [a.columns, a.rows] : [a.rows, a.columns];
  return Array.from({ length: kept }, (_, k) =>
    Array.from({ length: reduced }, (_, index) => (axis === 0 ? cell(a, index, k) : cell(a, k, index))),
  );
}
