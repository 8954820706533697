import { createNaiveBackend } from '@agop/core/naive';
import { tableFromColumns } from '@agop/data';
import { type Candidate, portfolio, TabularClassifier, TabularRegressor } from '@agop/tabular';
import { expect, test } from 'vitest';
import { matrixOf } from './matrix.ts';

const first: readonly Candidate[] = portfolio
  .slice(0, 1)
  .map((candidate) => ({ ...candidate, iterations: 1, ridges: [1e-3] }));
const judging = { kind: 'folds', folds: 2 } as const;

/** Two columns that are alike but for little: rows on a line. */
function alike(points: readonly (readonly number[])[]) {
  return tableFromColumns({
    a: points.map(([a = 0]) => a),
    b: points.map(([a = 0, b = 0]) => a + b / 20),
    y: points.map(([a = 0, b = 0]) => a + b),
  });
}

const training = alike(matrixOf(150, 2, 1));

test('combinations of cells that are usual one by one are far, cells beyond the range are named', async () => {
  using model = new TabularRegressor({ backend: createNaiveBackend(), first, judging });
  await model.fit(training, 'y');
  const usual = await model.extrapolation(alike(matrixOf(50, 2, 2)));
  expect(usual.rows.length).toBeLessThan(4);
  expect(usual.distances).toHaveLength(50);
  const { rows, cells, distances } = await model.extrapolation(
    tableFromColumns({ a: [0, 2, 9], b: [0, -2, 9] }),
  );
  expect([...rows]).toEqual([1, 2]);
  expect(distances?.[0]).toBeLessThan(1);
  expect(distances?.[1]).toBeGreaterThan(1);
  expect(cells.map(({ column, kind, rows: own }) => [column, kind, ...own])).toEqual([
    ['a', 'above', 2],
    ['b', 'above', 2],
  ]);
});

test('a saved model says the same, and a tree asks the leaf that a row falls into', async () => {
  const many = tableFromColumns({
    x: matrixOf(300, 1, 3).map(([x = 0]) => x),
    side: matrixOf(300, 1, 3).map(([x = 0]) => (x > 0 ? 'up' : 'down')),
  });
  using model = new TabularClassifier({
    backend: createNaiveBackend(),
    first,
    judging: { kind: 'split', fraction: 0.3 },
    tree: { leafRows: 100 },
  });
  await model.fit(many, 'side');
  expect(model.members[0]?.fitted.leaves.length).toBeGreaterThan(1);
  const asked = tableFromColumns({ x: [-40, 0, 40] });
  const found = await model.extrapolation(asked);
  expect([...found.rows]).toEqual([0, 2]);
  expect(found.distances?.[1]).toBeLessThan(1);
  using loaded = await TabularClassifier.load(await model.toBytes(), { backend: createNaiveBackend() });
  expect(await loaded.extrapolation(asked)).toEqual(found);
});

test('before a fit there is nothing to be outside of', async () => {
  using model = new TabularRegressor({ backend: createNaiveBackend() });
  await expect(model.extrapolation(training)).rejects.toThrow(/fit/);
});
