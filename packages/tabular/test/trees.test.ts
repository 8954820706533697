import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { decodeModel, encodeModel, type FitJob, type Rows } from '@agop/estimators';
import { laplace, presets, RFMRegressor } from '@agop/rfm';
import {
  type FittedTabular,
  type SplitDirection,
  type TabularOptions,
  tabularSettings,
  tabularTrainer,
} from '@agop/tabular';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeTabular } from '../src/model/file.ts';
import { chosenRows, classificationJob, normalRows, regressionJob, smooth } from './data.ts';

let backend: Backend;
beforeEach(async () => {
  backend = await createCpuBackend({ threads: 1 });
});
afterEach(() => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

const [n, d] = [240, 3];
const x = normalRows(n, d, 1);
const fresh = normalRows(50, d, 2);

async function withFit<T>(
  job: FitJob<Rows>,
  options: Omit<TabularOptions, 'backend'>,
  body: (fitted: FittedTabular) => Promise<T>,
): Promise<T> {
  const fitted = await tabularTrainer.fit(job, tabularSettings({ backend, ...options }), {});
  try {
    return await body(fitted);
  } finally {
    fitted.dispose();
  }
}

const outputsOf = (rows: Rows) => async (fitted: FittedTabular) =>
  Array.from(await tabularTrainer.predict(fitted, rows));

async function rmse(job: FitJob<Rows>, options: Omit<TabularOptions, 'backend'>): Promise<number> {
  return withFit(job, options, async (fitted) => {
    const y = { data: smooth(fresh), rows: fresh.rows, columns: 1 };
    return job.coding.score('rmse', await tabularTrainer.predict(fitted, fresh), y);
  });
}

test('a table whose rows fit one leaf is a Recursive Feature Machine', async () => {
  const job = await regressionJob(x);
  const outputs = await withFit(job, {}, outputsOf(fresh));
  using model = new RFMRegressor({ backend, kernel: laplace({ bandwidth: 10 }), ...presets.xrfm2025 });
  await model.fit({ data: x.data, shape: [n, d] }, smooth(x));
  const expected = await model.predict({ data: fresh.data, shape: [50, d] });
  expect(job.coding.answers(outputs, fresh)).toEqual(expected);
});

test('a tree with given directions is the composition of its leaves', async () => {
  const job = await regressionJob(x);
  const vector = [1, -2, 0.5];
  const options: Omit<TabularOptions, 'backend'> = {
    iterations: 2,
    dtype: 'float64',
    tree: { split: { vector }, leafRows: 70, routing: 'hard', refillRows: 0, overlap: 0 },
  };
  const outputs = await withFit(job, options, async (fitted) => {
    expect(fitted.leaves.map(({ rows }) => rows)).toEqual([60, 60, 60, 60]);
    return outputsOf(fresh)(fitted);
  });
  const side = ({ data, columns }: Rows, row: number) =>
    vector.reduce((sum, weight, k) => sum + weight * (data[row * columns + k] as number), 0);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => side(x, i) - side(x, j));
  const expected = new Array<number>(50);
  for (let leaf = 0; leaf < 4; leaf++) {
    const own = order.slice(60 * leaf, 60 * (leaf + 1)).sort((i, j) => i - j);
    const rows = chosenRows(x, own);
    const part = {
      coding: job.coding,
      training: { x: rows, y: chosenRows(job.training.y, own) },
      held: undefined,
      test: undefined,
    };
    const low = leaf === 0 ? Number.NEGATIVE_INFINITY : side(x, order[60 * leaf - 1] as number);
    const high = leaf === 3 ? Number.POSITIVE_INFINITY : side(x, order[60 * (leaf + 1) - 1] as number);
    const here = Array.from({ length: 50 }, (_, i) => i).filter(
      (i) => side(fresh, i) > low && side(fresh, i) <= high,
    );
    const answers = await withFit(
      part,
      { iterations: 2, dtype: 'float64' },
      outputsOf(chosenRows(fresh, here)),
    );
    here.forEach((row, i) => {
      expected[row] = answers[i] as number;
    });
  }
  for (const [i, value] of outputs.entries()) expect(value).toBeCloseTo(expected[i] as number, 10);
});

describe('directions', () => {
  test.each<{ name: string; split: SplitDirection }>([
    { name: 'agop', split: 'agop' },
    { name: 'principal', split: 'principal' },
    { name: 'random', split: 'random' },
    { name: 'column', split: 'column' },
  ])('$name', async ({ split }) => {
    const job = await regressionJob(x);
    const tree = { split, leafRows: 130, routing: 'hard' as const };
    const vector = await withFit(job, { iterations: 1, tree }, async ({ trees }) => {
      const [root] = trees;
      return root?.kind === 'split' ? root.vector : undefined;
    });
    expect(Math.hypot(...(vector as Float64Array))).toBeCloseTo(1, 6);
    // The target has nothing of the third column, and most of the first.
    if (split === 'agop') expect(Math.abs(vector?.[0] as number)).toBeGreaterThan(0.9);
    if (split === 'column') expect(vector).toEqual(Float64Array.of(1, 0, 0));
  });

  test('a principal component is that of the largest variance', async () => {
    const wide = { ...x, data: Float64Array.from(x.data, (value, at) => (at % d === 2 ? 5 * value : value)) };
    const tree = { split: 'principal' as const, leafRows: 130, routing: 'hard' as const };
    await withFit(await regressionJob(wide), { iterations: 0, tree }, async ({ trees: [root] }) => {
      expect(root?.kind === 'split' && root.vector[2]).toBeGreaterThan(0.99);
    });
  });

  test('rows that are all equal still become leaves of their size', async () => {
    const equal = { ...x, data: new Float64Array(n * d).fill(2) };
    const job = await regressionJob(
      equal,
      Float64Array.from({ length: n }, (_, i) => i % 5),
    );
    const tree = { split: { vector: [1, 0, 0] }, leafRows: 100, routing: 'hard' as const };
    const answers = await withFit(job, { iterations: 0, tree }, async (fitted) => {
      expect(fitted.leaves).toHaveLength(4);
      return outputsOf(chosenRows(equal, [0, 1]))(fitted);
    });
    expect(answers.every(Number.isFinite)).toBe(true);
  });
});

describe('routing', () => {
  const tree = { leafRows: 70, split: 'agop' as const };

  test('a small temperature is hard routing, a large one the mean of the leaves', async () => {
    const job = await regressionJob(x);
    const run = (routing: number | 'hard') =>
      withFit(job, { iterations: 1, tree: { ...tree, routing, keptWeight: 1 } }, outputsOf(fresh));
    const [hard, cold, zero, hot] = [await run('hard'), await run(1e-9), await run(0), await run(1e9)];
    expect(zero).toEqual(hard);
    for (const [i, value] of cold.entries()) expect(value).toBeCloseTo(hard[i] as number, 8);
    const means = await withFit(
      job,
      { iterations: 1, tree: { ...tree, routing: 'hard' } },
      async (fitted) => {
        const rows = fitted.leaves.map(async (_, leaf) => {
          const only = { ...fitted, trees: [{ kind: 'leaf' as const, leaf }] };
          return Array.from(await tabularTrainer.predict(only, fresh));
        });
        const all: number[][] = [];
        for (const row of rows) all.push(await row);
        return hard.map((_, i) => all.reduce((sum, own) => sum + (own[i] as number), 0) / all.length);
      },
    );
    for (const [i, value] of hot.entries()) expect(value).toBeCloseTo(means[i] as number, 5);
  });

  test('the tuned temperature is the best of those tried, and no worse than hard routing', async () => {
    const job = await regressionJob(x, smooth(x), normalRows(100, d, 3));
    await withFit(job, { iterations: 1, tree: { ...tree, routing: 'tuned' } }, async (fitted) => {
      expect(fitted.temperatures).toHaveLength(21);
      const scores = fitted.temperatures.map(({ score }) => score);
      const best = fitted.temperatures[scores.indexOf(Math.min(...scores))];
      expect(fitted.routing.temperature).toBe(best?.temperature);
      const y = job.held?.y as Rows;
      const outputs = await tabularTrainer.predict(fitted, job.held?.x as Rows);
      expect(job.coding.score('mse', outputs, y)).toBeCloseTo(best?.score as number, 10);
    });
  });
});

test('several trees are averaged, overlap makes leaves larger', async () => {
  const job = await regressionJob(x);
  const options = {
    iterations: 1,
    tree: { leafRows: 70, split: 'random' as const, routing: 'hard' as const },
  };
  const one = await rmse(job, options);
  const many = await rmse(job, { ...options, tree: { ...options.tree, trees: 5 } });
  expect(many).toBeLessThan(one);
  await withFit(
    job,
    { ...options, tree: { ...options.tree, overlap: 0.1, leafRows: 130 } },
    async ({ leaves }) => {
      // 240 → 144 + 144 (48 are in both), 144 → 87 + 86 (29 are in both).
      expect(leaves.map(({ rows }) => rows)).toEqual([87, 86, 87, 86]);
    },
  );
});

test.each(['oneHot', 'prevalence', 'logits'] as const)('classes as %s', async (coding) => {
  const job = await classificationJob(x, coding);
  const solver = coding === 'logits' ? ('logistic' as const) : ('ridge' as const);
  const options = {
    iterations: 1,
    solver,
    selection: 'logLoss' as const,
    ridge: 0.1,
    tree: { leafRows: 130 },
  };
  const test = await classificationJob(fresh, coding);
  await withFit(job, options, async (fitted) => {
    const answers = job.coding.answers(await tabularTrainer.predict(fitted, fresh), fresh) as string[];
    const hits = answers.filter((label, i) => label === test.labels[i]).length;
    expect(hits / 50).toBeGreaterThan(0.7);
  });
});

test('a file holds all that predictions need', async () => {
  const job = await regressionJob(x);
  const options = { iterations: 1, tree: { leafRows: 70, trees: 2, routing: 0.5 } };
  await withFit(job, options, async (fitted) => {
    const { description, tensors } = await tabularTrainer.encode(fitted);
    const { format } = tabularTrainer;
    const whole = { description: { ...job.coding.describe(), ...description }, tensors, attachments: {} };
    const read = decodeModel(format, encodeModel(format, whole));
    const loaded = await tabularTrainer.decode(read, 1, { backend });
    expect(await outputsOf(fresh)(loaded)).toEqual(await outputsOf(fresh)(fitted));
    loaded.dispose();
    for (const trees of [[[-1, 0]], [[0, 1]], [[-1, 1, 0]], [[-1, -1, 0, 1, 2]]]) {
      const damaged = { ...read, description: { ...read.description, trees } };
      await expect(async () => tabularTrainer.decode(damaged, 1, { backend })).rejects.toThrow('damaged');
    }
  });
});

test('an aborted fit leaves nothing', async () => {
  const controller = new AbortController();
  const job = await regressionJob(x);
  const settings = tabularSettings({ backend, iterations: 1, tree: { leafRows: 70 } });
  const fit = tabularTrainer.fit(job, settings, {
    signal: controller.signal,
    onLeaf: ({ done }) => {
      if (done === 2) controller.abort();
    },
  });
  await expect(fit).rejects.toMatchObject({ code: 'ABORTED' });
});

test('a model says how many rows it was fitted on, however many leaves share them, and so does its file', async () => {
  const job = await regressionJob(x);
  await withFit(job, { iterations: 1, tree: { leafRows: 70, routing: 'hard', trees: 2 } }, async (fitted) => {
    expect(fitted.rows).toBe(n);
    expect(fitted.leaves.reduce((sum, leaf) => sum + leaf.rows, 0)).toBeGreaterThan(2.5 * n);
    expect(encodeTabular(fitted).description.rows).toBe(n);
  });
});
