import { createCpuBackend } from '@agop/backend-cpu';
import type { Rows } from '@agop/estimators';
import { decodeModel, encodeModel } from '@agop/estimators';
import { rfm } from '@agop/rfm';
import {
  type FittedTabular,
  featureImportances,
  gradientsOf,
  type TabularOptions,
  tabularSettings,
  tabularTrainer,
} from '@agop/tabular';
import { describe, expect, test } from 'vitest';
import { normalRows, regressionJob } from './data.ts';

const [n, levels] = [180, 6];

/** Two columns of numbers about a column of codes, at first place 1. */
function coded(rows: number, seed: number): Rows {
  const numbers = normalRows(rows, 3, seed);
  const data = Float64Array.from(numbers.data, (value, at) => {
    return at % 3 === 1 ? Math.floor(Math.abs(value) * 1000) % levels : value;
  });
  return { ...numbers, data };
}

/** The same with a column for each level, behind the others. */
function oneHot({ data, rows }: Rows): Rows {
  const columns = 2 + levels;
  const wide = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    wide.set([data[row * 3] as number, data[row * 3 + 2] as number], row * columns);
    const code = data[row * 3 + 1] as number;
    if (code >= 0 && code < levels) wide[row * columns + 2 + code] = 1;
  }
  return { data: wide, rows, columns };
}

const effects = [2, -1, 0.5, 3, -2, 0];
const target = ({ data, rows }: Rows) =>
  Float64Array.from({ length: rows }, (_, row) => {
    const [a = 0, code = 0] = [data[row * 3], data[row * 3 + 1]];
    return Math.sin(2 * a) + (effects[code] ?? 0) * (a > 0 ? 1 : 0.5);
  });

const x = coded(n, 1);
const fresh = coded(40, 2);
const strange: Rows = { data: [0.3, 99, -0.2, 0.3, -1, -0.2, 0.3, 0.5, -0.2], rows: 3, columns: 3 };

async function withFit<T>(
  rows: Rows,
  options: Omit<TabularOptions, 'backend'>,
  body: (fitted: FittedTabular) => Promise<T>,
): Promise<T> {
  using backend = await createCpuBackend({ threads: 1 });
  const job = await regressionJob(rows, target(x));
  const settings = tabularSettings({ backend, iterations: 2, dtype: 'float64', ...options });
  const fitted = await tabularTrainer.fit(job, settings, {});
  const result = await body(fitted);
  fitted.dispose();
  expect(backend.memory().tensors).toBe(0);
  return result;
}

const predictions = (rows: Rows) => async (fitted: FittedTabular) =>
  Array.from(await tabularTrainer.predict(fitted, rows));

test('a column of codes is a block of one-hot columns; codes that nobody has seen are zeros', async () => {
  const asCodes = await withFit(x, { codes: [1] }, async (fitted) => [
    ...(await predictions(fresh)(fitted)),
    ...(await predictions(strange)(fitted)),
  ]);
  const blocks = [{ start: 2, length: levels }];
  const asColumns = await withFit(oneHot(x), { blocks }, async (fitted) => [
    ...(await predictions(oneHot(fresh))(fitted)),
    ...(await predictions(oneHot(strange))(fitted)),
  ]);
  for (const [i, value] of asCodes.entries()) expect(value).toBeCloseTo(asColumns[i] as number, 9);
});

test('trees are not split along codes; files, gradients and importances know them', async () => {
  const options = { codes: [1], tree: { leafRows: 100, routing: 0.3 } };
  await withFit(x, options, async (fitted) => {
    const [root] = fitted.trees;
    expect(root?.kind === 'split' && root.vector[1]).toBe(0);
    const before = await predictions(fresh)(fitted);
    const { description, tensors } = await tabularTrainer.encode(fitted);
    const whole = { description: { task: 'regression' as const, ...description }, tensors, attachments: {} };
    const read = decodeModel(tabularTrainer.format, encodeModel(tabularTrainer.format, whole));
    const { backend } = fitted;
    const loaded = await tabularTrainer.decode(read, 1, { backend });
    expect(await predictions(fresh)(loaded)).toEqual(before);
    loaded.dispose();
    const { 'leaf.0/levels.1': _, ...lacking } = read.tensors;
    const damaged = { ...read, tensors: lacking };
    await expect(async () => tabularTrainer.decode(damaged, 1, { backend })).rejects.toThrow(
      'a leaf lacks the levels of column 1',
    );

    const { gradients } = await gradientsOf(fitted, fresh);
    expect(gradients.filter((_value, at) => at % 3 === 1).every((value) => value === 0)).toBe(true);
    const [a = 0, code = 0, noise = 0] = await featureImportances(fitted);
    expect(a + code + noise).toBeCloseTo(1, 10);
    expect(code).toBeGreaterThan(noise);
  });
});

test('codes that are no columns are refused', async () => {
  await expect(withFit(x, { codes: [3] }, predictions(x))).rejects.toThrow('names the column 3, but X has 3');
  await expect(withFit(x, { codes: [1, 1] }, predictions(x))).rejects.toThrow(
    'be a list of columns, each once',
  );
});

describe('many levels are looked up', () => {
  const [rows, many] = [200, 70];
  const coded = (count: number, seed: number): Rows => {
    const numbers = normalRows(count, 4, seed);
    const data = Float64Array.from(numbers.data, (value, at) => {
      if (at % 4 === 1) return Math.floor(Math.abs(value) * 1000) % many;
      return at % 4 === 3 ? Math.floor(Math.abs(value) * 1000) % 3 : value;
    });
    return { ...numbers, data };
  };
  const kernels = {
    laplace: { name: 'laplace', parameters: { bandwidth: 3 } },
    l1: { name: 'lpq', parameters: { bandwidth: 3, norm: 1, exponent: 1 } },
  } as const;
  const training = coded(rows, 11);
  const asked: Rows = { ...coded(30, 12), rows: 30 };
  const strange: Rows = { data: [0.3, 99, -0.2, 1, 0.3, -1, -0.2, 7], rows: 2, columns: 4 };
  test.each([
    ['laplace', false, 'mahalanobis'],
    ['laplace', true, 'mahalanobis'],
    ['laplace', false, 'transform'],
    ['l1', false, 'transform'],
    ['l1', true, 'transform'],
  ] as const)('%s, diagonal %s, %s', async (name, diagonal, form) => {
    using backend = await createCpuBackend({ threads: 1 });
    const values = Float64Array.from({ length: rows }, (_, row) => {
      const [a = 0, code = 0] = [training.data[row * 4], training.data[row * 4 + 1]];
      return Math.sin(2 * a) + Math.cos(code);
    });
    const settings = tabularSettings({
      ...{ backend, kernel: kernels[name], diagonal, form, iterations: 1, dtype: 'float64', ridge: 0.01 },
      codes: [1, 3],
    });
    const fitted = await tabularTrainer.fit(await regressionJob(training, values), settings, {});
    const { fitted: leaf, columns, lookup } = await fitted.machines.get(0);
    expect(lookup).toBeDefined();
    for (const own of [asked, strange]) {
      const looked = await tabularTrainer.predict(fitted, own);
      const multiplied = await rfm.predict(leaf, columns.expand(own));
      for (let i = 0; i < own.rows; i++) expect(looked[i]).toBeCloseTo(multiplied[i] as number, 8);
    }
    // What is so large that its square is none is refused, as ever.
    const huge: Rows = { data: [1e200, 1, 0, 1], rows: 1, columns: 4 };
    await expect(tabularTrainer.predict(fitted, huge)).rejects.toThrow(/square|range/i);
    fitted.dispose();
    expect(backend.memory().tensors).toBe(0);
  });
});
