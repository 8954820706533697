import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import type { Rows } from '@agop/estimators';
import {
  agopOf,
  contributionsOf,
  type FittedTabular,
  featureImportances,
  gradientsOf,
  leafImportances,
  type TreeOptions,
  tabularSettings,
  tabularTrainer,
} from '@agop/tabular';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { normalRows, regressionJob, smooth } from './data.ts';

let backend: Backend;
let fitted: FittedTabular;
const [n, d] = [200, 3];
const x = normalRows(n, d, 1);
const fresh = normalRows(6, d, 2);

beforeEach(async () => {
  backend = await createCpuBackend({ threads: 1 });
});
afterEach(() => {
  fitted.dispose();
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

/** Two outputs, so that they are told apart. */
async function fit(tree: TreeOptions): Promise<void> {
  const one = smooth(x);
  const values = Float64Array.from({ length: 2 * n }, (_, at) => {
    const value = one[at >> 1] as number;
    return at % 2 === 0 ? value : value ** 2;
  });
  const job = await regressionJob(x, values);
  const settings = tabularSettings({ backend, iterations: 1, dtype: 'float64', ridge: 0.1, tree });
  fitted = await tabularTrainer.fit(job, settings, {});
}

function moved(rows: Rows, k: number, by: number): Rows {
  return { ...rows, data: Float64Array.from(rows.data, (value, at) => (at % d === k ? value + by : value)) };
}

describe.each<{ name: string; tree: TreeOptions }>([
  { name: 'one leaf', tree: {} },
  { name: 'hard routing', tree: { leafRows: 60, routing: 'hard' } },
  { name: 'soft routing', tree: { leafRows: 60, routing: 0.4, keptWeight: 1 } },
  {
    name: 'soft routing of the largest weights, two trees',
    tree: { leafRows: 60, routing: 0.4, mostLeaves: 2, trees: 2 },
  },
])('gradients through $name', ({ tree }) => {
  test('are those of finite differences', async () => {
    await fit(tree);
    const { outputs, gradients } = await gradientsOf(fitted, fresh);
    expect(Array.from(outputs)).toEqual(
      Array.from(await tabularTrainer.predict(fitted, fresh), (value) => expect.closeTo(value, 10)),
    );
    const step = 1e-6;
    for (let k = 0; k < d; k++) {
      const up = await tabularTrainer.predict(fitted, moved(fresh, k, step));
      const down = await tabularTrainer.predict(fitted, moved(fresh, k, -step));
      for (let at = 0; at < outputs.length; at++) {
        const slope = ((up[at] as number) - (down[at] as number)) / (2 * step);
        expect(gradients[at * d + k]).toBeCloseTo(slope, 5);
      }
    }
  });
});

test('the AGOP is the mean outer product, in the units that are given', async () => {
  await fit({ leafRows: 60, routing: 0.4 });
  const { gradients } = await gradientsOf(fitted, fresh);
  const units = [2, 3];
  const agop = await agopOf(fitted, fresh, units);
  for (let k = 0; k < d; k++) {
    for (let l = 0; l < d; l++) {
      let sum = 0;
      for (let at = 0; at < 12; at++) {
        sum +=
          (units[at % 2] as number) ** 2 *
          (gradients[at * d + k] as number) *
          (gradients[at * d + l] as number);
      }
      expect(agop[k * d + l]).toBeCloseTo(sum / 6, 10);
    }
  }
});

test('contributions sum to what the outputs differ by', async () => {
  await fit({ leafRows: 60, routing: 0.8, keptWeight: 1 });
  const reference = [0, 0, 0];
  const contributions = await contributionsOf(fitted, fresh, reference, { steps: 200 });
  const at = await tabularTrainer.predict(fitted, fresh);
  const before = await tabularTrainer.predict(fitted, { data: reference, rows: 1, columns: d });
  for (let i = 0; i < at.length; i++) {
    const sum = contributions.subarray(i * d, (i + 1) * d).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo((at[i] as number) - (before[i % 2] as number), 2);
  }
});

test('importances of leaves and of the whole sum to 1; the column that means nothing counts least', async () => {
  await fit({ leafRows: 60 });
  const byLeaf = await leafImportances(fitted);
  expect(byLeaf).toHaveLength(fitted.leaves.length);
  const all = await featureImportances(fitted);
  for (const own of [...byLeaf, all]) expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
  expect(Math.min(...all)).toBe(all[2]);
});
