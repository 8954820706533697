import { createNaiveBackend } from '@agop/core/naive';
import { tableFromColumns } from '@agop/data';
import { type Candidate, portfolio, TabularClassifier, TabularRegressor } from '@agop/tabular';
import { expect, test } from 'vitest';
import { matrixOf } from './matrix.ts';

const first: readonly Candidate[] = portfolio
  .slice(0, 2)
  .map((candidate) => ({ ...candidate, iterations: 1, ridges: [1e-3] }));
const judging = { kind: 'folds', folds: 2 } as const;
const points = matrixOf(80, 3, 5);
const table = tableFromColumns({
  a: points.map(([a]) => a ?? null),
  noise: points.map(([, , c]) => c ?? null),
  kind: points.map(([, b = 0]) => (b > 0 ? 'plus' : 'minus')),
  price: points.map(([a = 0, b = 0]) => Math.exp(a) + (b > 0 ? 2 : 0)),
  side: points.map(([a = 0]) => (a > 0 ? 'up' : 'down')),
});

/** Sums over the columns, [n, outputs]. */
function sumsOf(values: Float64Array, columns: number): number[] {
  return Array.from({ length: values.length / columns }, (_, i) =>
    values.subarray(i * columns, (i + 1) * columns).reduce((sum, value) => sum + value, 0),
  );
}

test('contributions sum to predictions in the units of the target, also through its logarithm', async () => {
  using model = new TabularRegressor({
    backend: createNaiveBackend(),
    first: [...first, ...first.map((one) => ({ ...one, target: 'log' as const }))],
    judging,
    members: 4,
  });
  await model.fit(table, 'price', { ignore: ['side'] });
  const { columns, reference, values } = await model.contributions(table);
  expect(columns).toEqual(['a', 'noise', 'kind']);
  const predictions = await model.predict(table);
  for (const [row, sum] of sumsOf(values, 3).entries()) {
    expect(sum + (reference[0] as number)).toBeCloseTo(predictions[row] as number, 6);
  }
  const size = (k: number): number =>
    values.reduce((sum, value, at) => sum + (at % 3 === k ? Math.abs(value) : 0), 0) / 80;
  expect(size(0)).toBeGreaterThan(0.5);
  // Half of the rows are 2 higher than the others: each is about 1 from the average row.
  expect(size(2)).toBeGreaterThan(0.7);
  expect(size(2)).toBeLessThan(1.3);
  expect(size(1)).toBeLessThan(0.25);
  await expect(model.contributions(table, { steps: 0 })).rejects.toThrow(/steps must be/);
});

test('those of classes are shares of probability, which cancel over the classes', async () => {
  using model = new TabularClassifier({ backend: createNaiveBackend(), first, judging });
  await model.fit(table, 'side', { ignore: ['price'] });
  const { reference, values } = await model.contributions(table, { steps: 8 });
  const probabilities = await model.predictProba(table);
  const sums = sumsOf(values, 3);
  for (const [at, probability] of probabilities.entries()) {
    expect((sums[at] as number) + (reference[at % 2] as number)).toBeCloseTo(probability, 6);
  }
  for (let row = 0; row < 80; row++) {
    for (let k = 0; k < 3; k++) {
      expect((values[row * 6 + k] as number) + (values[row * 6 + 3 + k] as number)).toBeCloseTo(0, 6);
    }
  }
});
