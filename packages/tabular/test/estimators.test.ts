import { createCpuBackend } from '@agop/backend-cpu';
import { randomArray } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { parseCsv, tableFromColumns, takeRows } from '@agop/data';
import { describe, expect, test } from 'vitest';
import {
  type Candidate,
  calibrate,
  conformalBound,
  labelSets,
  portfolio,
  TabularClassifier,
  TabularRegressor,
  toCalibrated,
} from '../src/index.ts';
import { matrixOf } from './matrix.ts';

const few: readonly Candidate[] = portfolio
  .slice(1, 3)
  .map((candidate) => ({ ...candidate, iterations: 1, ridges: [1e-2, 1] }));
const judging = { kind: 'folds', folds: 3 } as const;

const points = matrixOf(90, 2, 5);
const table = tableFromColumns({
  id: points.map((_, row) => row),
  a: points.map(([a]) => a ?? null),
  b: points.map(([, b = 0], row) => (row % 9 === 0 ? null : b)),
  kind: points.map(([a = 0], row) => (row % 11 === 0 ? null : a > 0 ? 'plus' : 'minus')),
  weight: points.map((_, row) => 1 + (row % 2)),
  price: points.map(([a = 0, b = 0]) => Math.exp(a) + 0.2 * b),
  outcome: points.map(([a = 0, b = 0]) => (a + b > 0 ? 'yes' : 'no')),
});

describe('numbers of a table', () => {
  test('fit, predict, save and load: the same predictions, without the training data', async () => {
    using backend = createNaiveBackend();
    {
      using model = new TabularRegressor({ backend, first: few, judging });
      await model.fit(table, 'price', { ignore: ['outcome'], weights: 'weight' });
      expect(await model.score(table)).toBeGreaterThan(0.9);
      const features = model.members[0]?.preprocessor.featureNames;
      expect(features).toEqual(['a', 'b', 'b=(missing)', 'kind=minus', 'kind=plus', 'kind=(missing)']);
      const bytes = await model.toBytes({ attachments: { note: 'mine' } });
      using loaded = await TabularRegressor.load(bytes, { backend });
      expect(loaded.attachments).toEqual({ note: 'mine' });
      expect(await loaded.predict(table)).toEqual(await model.predict(table));
      expect(await loaded.predictIntervals(table)).toEqual(await model.predictIntervals(table));
      expect(loaded.history).toEqual(model.history);
      await expect(TabularClassifier.load(bytes, { backend })).rejects.toThrow(/TabularRegressor\.load/);
      await expect(TabularRegressor.load(bytes.slice(0, 99), { backend })).rejects.toThrow(
        expect.objectContaining({ code: 'FORMAT' }),
      );
    }
    expect(backend.memory().tensors).toBe(0);
  });

  test('what judged the choice is told, fold by fold', async () => {
    using model = new TabularRegressor({ backend: createNaiveBackend(), first: few, judging });
    const weights = points.map((_, row) => (row === 4 ? 0 : 1));
    await model.fit(table, 'price', { ignore: ['outcome'], weights });
    const { rows = [], folds, predictions = [] } = model.judged ?? {};
    expect(folds).toEqual([30, 30, 29]);
    const all = points.map((_, row) => row).filter((row) => row !== 4);
    expect(Array.from(rows).sort((a, b) => a - b)).toEqual(all);
    const errors = Array.from(
      rows,
      (row, at) =>
        (predictions[at] as number) - Math.exp(points[row]?.[0] ?? 0) - 0.2 * (points[row]?.[1] ?? 0),
    );
    const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    expect(rmse).toBeCloseTo(model.chosenBy.score, 6);
    using loaded = await TabularRegressor.load(await model.toBytes(), { backend: createNaiveBackend() });
    expect(loaded.judged).toBeUndefined();
  });

  test('many rows become trees, with the settings that few have chosen', async () => {
    using backend = createNaiveBackend();
    const many = matrixOf(240, 2, 9);
    const y = many.map(([a = 0, b = 0]) => a * b);
    using model = new TabularRegressor({ backend, first: few, judging, members: 1, tree: { leafRows: 80 } });
    await model.fit(many, y);
    expect(await model.score(many, y)).toBeGreaterThan(0.9);
    using loaded = await TabularRegressor.load(await model.toBytes(), { backend });
    expect(await loaded.predict(many)).toEqual(await model.predict(many));
  });

  test('rows that are to judge are not fitted', async () => {
    using backend = createNaiveBackend();
    const held = points.map((_, row) => row).filter((row) => row % 3 === 0);
    const x = points.map(([a = 0, b = 0], row) => [a, b, row % 3 === 0 ? 1 : 0]);
    const y = points.map(([a = 0]) => a);
    const fit = async (values: readonly number[]) => {
      using model = new TabularRegressor({
        backend,
        first: few.slice(0, 1).map((one) => ({ ...one, iterations: 0, ridges: [0.1] })),
        judging: { kind: 'rows', held },
      });
      await model.fit(x, [...values]);
      return await model.predict(x);
    };
    expect(await fit(y)).toEqual(await fit(y.map((value, row) => (row % 3 === 0 ? value + 100 : value))));
    const model = new TabularRegressor({ backend, first: few, judging: { kind: 'rows', held: [1000] } });
    await expect(model.fit(x, y)).rejects.toThrow(/judging\.held/);
  });

  test('several targets, of columns and of a matrix', async () => {
    using model = new TabularRegressor({ backend: createNaiveBackend(), first: few, judging });
    await model.fit(table, ['price', 'weight'], { ignore: ['outcome'] });
    expect(await model.predict(takeRows(table, [0, 1]))).toHaveLength(4);
    expect(model.targets).toEqual(['price', 'weight']);
    const y = points.map(([a = 0, b = 0]) => [a, b]);
    await model.fit(points, y);
    expect(await model.score(points, y)).toBeGreaterThan(0.9);
  });

  test('a target over orders of magnitude is better fitted by its logarithm', async () => {
    const wide = points.map(([a = 0]) => Math.exp(4 * a));
    const [base] = few as [Candidate];
    const first = [base, { ...base, target: 'log' as const }];
    using model = new TabularRegressor({
      backend: createNaiveBackend(),
      first,
      judging,
      metric: 'mape',
      members: 1,
    });
    await model.fit(points, wide);
    expect(model.members[0]?.candidate.target).toBe('log');
  });

  test('predictions stay within ends that many targets share, and contributions sum to them', async () => {
    using backend = createNaiveBackend();
    const rows = matrixOf(120, 2, 8);
    const cut = rows.map(([a = 0]) => Math.min(Math.max(3 * a, 0), 2));
    using model = new TabularRegressor({ backend, first: few, judging });
    await model.fit(rows, cut);
    const further = matrixOf(200, 2, 9).map((row) => row.map((value) => 2 * value));
    const predictions = await model.predict(further);
    expect(Math.min(...predictions)).toBe(0);
    expect(Math.max(...predictions)).toBe(2);
    const { reference, values } = await model.contributions(further.slice(0, 10), { steps: 8 });
    for (const [row, prediction] of predictions.slice(0, 10).entries()) {
      const sum = (reference[0] as number) + (values[2 * row] as number) + (values[2 * row + 1] as number);
      expect(sum).toBeCloseTo(prediction, 8);
    }
    using loaded = await TabularRegressor.load(await model.toBytes(), { backend });
    expect(await loaded.predict(further)).toEqual(predictions);
    // Where the largest target is that of one row, larger ones may come.
    using open = new TabularRegressor({ backend, first: few, judging });
    await open.fit(
      rows,
      rows.map(([a = 0]) => 3 * a),
    );
    expect(open.members[0]?.scales[0]).not.toHaveProperty('most');
  });

  test('columns and targets that are not there are named', async () => {
    using model = new TabularRegressor({ backend: createNaiveBackend(), first: few, judging });
    await expect(model.fit(table, 'prise')).rejects.toThrow(/prise/);
    await expect(model.fit(table, 'price', { weights: 'wait' })).rejects.toThrow(/'wait'/);
    await expect(
      model.fit(
        points,
        points.map(() => 1),
      ),
    ).rejects.toThrow(/constant/);
    await expect(model.predict(table)).rejects.toThrow(expect.objectContaining({ code: 'NOT_FITTED' }));
  });
});

describe('classes of a table', () => {
  test('labels, probabilities, scores; unknown categories and missing cells are no trouble', async () => {
    using backend = createNaiveBackend();
    using model = new TabularClassifier<string>({ backend, first: few, judging, metric: 'auc' });
    await model.fit(table, 'outcome', { ignore: ['price', 'weight'] });
    expect(model.classes).toEqual(['no', 'yes']);
    const { accuracy, auc } = await model.evaluate(table);
    expect(accuracy).toBeGreaterThan(0.9);
    expect(auc).toBeGreaterThan(0.95);
    const rows = parseCsv('a,b,kind\n2,,neither\n-2,-2,\n');
    expect(await model.predict(rows)).toEqual(['yes', 'no']);
    const probabilities = await model.predictProba(rows);
    expect(probabilities[0]).toBeCloseTo(1 - (probabilities[1] as number), 12);
    using loaded = await TabularClassifier.load<string>(await model.toBytes(), { backend });
    expect(await loaded.predictProba(table)).toEqual(await model.predictProba(table));
    expect(await loaded.predictSets(rows)).toEqual(await model.predictSets(rows));
  });

  test('classes may count alike, or as they are told to', async () => {
    const backend = createNaiveBackend();
    // A noisy rare class: without weights it is hardly ever predicted.
    const noise = matrixOf(90, 1, 8);
    const rare = points.map(([a = 0], row) => (a + (noise[row]?.[0] ?? 0) > 1.6 ? 'rare' : 'usual'));
    const options = { backend, first: few, judging, members: 1 } as const;
    const recallOf = async (classWeights: Parameters<TabularClassifier<string>['fit']>[2]) => {
      using model = new TabularClassifier<string>(options);
      await model.fit(points, rare, classWeights);
      const found = await model.predict(points);
      return found.filter((label, row) => label === 'rare' && rare[row] === 'rare').length;
    };
    const plain = await recallOf({});
    expect(await recallOf({ classWeights: 'balanced' })).toBeGreaterThan(plain);
    expect(await recallOf({ classWeights: { rare: 30 } })).toBeGreaterThan(plain);
    await expect(recallOf({ classWeights: { rear: 2 } })).rejects.toThrow(/'rear'/);
  });

  test('labels of a matrix may be numbers, truth values and texts', async () => {
    using model = new TabularClassifier({ backend: createNaiveBackend(), first: few, judging });
    const labels = points.map(([a = 0, b = 0]) => (a > 0.3 ? 'right' : b > 0));
    await model.fit(points, labels);
    expect(model.classes).toEqual(['right', false, true]);
    expect(await model.score(points, labels)).toBeGreaterThan(0.85);
  });
});

describe('conformal prediction', () => {
  test('the bound is a quantile of one score more, and infinite where there are too few', () => {
    const scores = Float64Array.from({ length: 9 }, (_, i) => i + 1);
    expect(conformalBound(scores, 0.8)).toBe(8);
    expect(conformalBound(scores, 0.9)).toBe(9);
    expect(conformalBound(scores, 0.95)).toBe(Number.POSITIVE_INFINITY);
    expect(() => conformalBound(scores, 1)).toThrow(expect.objectContaining({ code: 'OPTION' }));
  });

  test('intervals cover as often as they say, over many tables', async () => {
    using backend = createNaiveBackend();
    const [one] = few as [Candidate];
    const covered = { calibration: 0, judged: 0 };
    const [tables, level] = [12, 0.8];
    for (let seed = 0; seed < tables; seed++) {
      const rows = matrixOf(160, 2, 100 + seed);
      const noise = matrixOf(160, 1, 500 + seed);
      const y = rows.map(([a = 0, b = 0], row) => a * b + (noise[row]?.[0] ?? 0));
      for (const [name, calibration] of [
        ['calibration', 0.4],
        ['judged', undefined],
      ] as const) {
        using model = new TabularRegressor({
          backend,
          seed,
          first: [{ ...one, iterations: 0 }],
          judging,
          ...(calibration && { calibration }),
        });
        await model.fit(rows.slice(0, 100), y.slice(0, 100));
        const { lower, upper } = await model.predictIntervals(rows.slice(100), level);
        covered[name] += y
          .slice(100)
          .filter((value, row) => value >= (lower[row] as number) && value <= (upper[row] as number)).length;
      }
    }
    // 720 rows: a standard error of 0.015, and some more for the 12 draws of calibration rows.
    for (const count of Object.values(covered)) {
      expect(count / (60 * tables)).toBeGreaterThan(level - 0.06);
      expect(count / (60 * tables)).toBeLessThan(level + 0.07);
    }
  });

  test('sets hold what is probable enough, and never nothing', () => {
    const probabilities = [0.5, 0.3, 0.2, 0.34, 0.33, 0.33];
    expect(labelSets(probabilities, 3, 0.75)).toEqual([
      [0, 1],
      [0, 1, 2],
    ]);
    expect(labelSets(probabilities, 3, 0.1)).toEqual([[0], [0]]);
  });
});

test('a temperature makes outputs as sure as they are right', () => {
  // Outputs are right in 3 of 4 rows, with a lead of 1.
  const outputs = Array.from({ length: 400 }, () => [1, 0]).flat();
  const actual = Array.from({ length: 400 }, (_, row) => Number(row % 4 === 0));
  const map = calibrate(outputs, actual, 2);
  expect(toCalibrated([1, 0], 2, map)[0]).toBeCloseTo(0.75, 2);
  expect(map.temperature).toBeCloseTo(1 / Math.log(3), 1);
});

test('a column of many categories is looked up: each level counts, in folds, leaves, files and shares', async () => {
  const [rows, levels] = [900, 180];
  const effect = randomArray(levels, 'normal', { seed: 1 }, 'float64');
  const size = [...randomArray(rows, 'normal', { seed: 2 }, 'float64')];
  const place = size.map((_, row) => (row * 7) % levels);
  const table = tableFromColumns({
    size,
    place: place.map((level) => `place ${level}`),
    price: size.map((value, row) => 3 * (effect[place[row] as number] as number) + value),
  });
  const [some, others] = [Int32Array.from({ length: 700 }, (_, i) => i), Int32Array.of(...range(700, rows))];
  using backend = await createCpuBackend({ threads: 1 });
  const first = portfolio.slice(0, 1).map((one) => ({ ...one, iterations: 1, ridges: [1e-3, 1e-2] }));
  const judging = { kind: 'split', fraction: 0.2 } as const;
  using model = new TabularRegressor({ backend, first, judging, members: 1 });
  await model.fit(takeRows(table, some), 'price');
  const further = takeRows(table, others);
  expect(model.members[0]?.fitted.settings.codes).toEqual([1]);
  expect(await model.score(further)).toBeGreaterThan(0.8);
  using again = await TabularRegressor.load(await model.toBytes(), { backend });
  const predictions = await model.predict(further);
  expect(await again.predict(further)).toEqual(predictions);
  const { columns, reference, values } = await model.contributions(further);
  const sums = predictions.map(
    (value, row) =>
      value - (reference[0] as number) - (values[2 * row] as number) - (values[2 * row + 1] as number),
  );
  expect(Math.max(...sums.map(Math.abs))).toBeLessThan(1e-4);
  expect(columns).toEqual(['size', 'place']);
});

function range(begin: number, end: number): number[] {
  return Array.from({ length: end - begin }, (_, i) => begin + i);
}
