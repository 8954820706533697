import { Worker } from 'node:worker_threads';
import { createCpuBackend } from '@agop/backend-cpu';
import { workerExecutor } from '@agop/estimators';
import {
  leavesOn,
  portfolio,
  TabularClassifier,
  type TabularExecutor,
  type TabularJob,
  type TabularResult,
  tabularSettings,
  tabularTrainer,
} from '@agop/tabular';
import { tabularWorkers } from '@agop/tabular/node';
import { expect, test } from 'vitest';
import { normalRows, regressionJob, smooth } from './data.ts';

const [n, d] = [240, 3];
const x = normalRows(n, d, 1);
const fresh = normalRows(50, d, 2);
const start = () => new Worker(new URL('./leaf-worker.ts', import.meta.url));
const tree = { leafRows: 70, routing: 0.3 };

test('workers fit the same bits as this process, and tell their errors by code', async () => {
  using backend = await createCpuBackend({ threads: 1 });
  using workers = workerExecutor<TabularJob, TabularResult>({ size: 2, start });
  const executor = leavesOn(workers);
  const job = await regressionJob(x);
  const outputs = [];
  for (const given of [undefined, executor]) {
    const fitted = await tabularTrainer.fit(
      job,
      tabularSettings({ backend, executor: given, iterations: 1, tree }),
      {},
    );
    outputs.push(await tabularTrainer.predict(fitted, fresh));
    fitted.dispose();
  }
  expect(outputs[1]).toEqual(outputs[0]);

  const twice = { ...x, data: Float64Array.from(x.data, (_, at) => x.data[at % d] as number) };
  const same = await regressionJob(twice, smooth(x));
  const singular = tabularSettings({ backend, executor, iterations: 0, ridge: 0, tree });
  await expect(tabularTrainer.fit(same, singular, {})).rejects.toMatchObject({
    code: 'NOT_POSITIVE_DEFINITE',
  });

  const controller = new AbortController();
  const settings = tabularSettings({ backend, executor, iterations: 50, tree });
  const aborted = tabularTrainer.fit(job, settings, {
    signal: controller.signal,
    onLeaf: () => controller.abort(),
  });
  await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' });

  const lost = tabularTrainer.fit(job, tabularSettings({ backend, executor, seed: 13, tree }), {});
  await expect(lost).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('exit code 3'),
  });

  const again = await tabularTrainer.fit(
    job,
    tabularSettings({ backend, executor, iterations: 1, tree }),
    {},
  );
  expect(await tabularTrainer.predict(again, fresh)).toEqual(outputs[0]);
  again.dispose();
  expect(backend.memory().tensors).toBe(0);
}, 120_000); // Workers compile the sources when they start, which takes long on a busy machine.

test('trials, folds and leaves have the same bits for any number of workers', async () => {
  using backend = await createCpuBackend({ threads: 2 });
  const engine = { module: import.meta.resolve('@agop/backend-cpu'), create: 'createCpuBackend' };
  using one = tabularWorkers({ ...engine, options: { threads: 1 }, size: 1 });
  using three = tabularWorkers({ ...engine, options: { threads: 1 }, size: 3 });
  const labels = Array.from({ length: n }, (_, row) => `class ${(x.data[row * d] as number) > 0 ? 1 : 2}`);
  const rows = Array.from({ length: n }, (_, row) => Array.from(x.data).slice(row * d, (row + 1) * d));
  const first = portfolio.slice(0, 3).map((candidate) => ({ ...candidate, iterations: 1 }));
  const fit = async (executor: TabularExecutor | undefined) => {
    const judging = { kind: 'folds', folds: 3 } as const;
    using model = new TabularClassifier({ backend, executor, first, judging, tree: { leafRows: 100 } });
    await model.fit(rows, labels);
    const trials = model.history.map((record) => ({ ...record, seconds: 0 }));
    const members = model.members.map(({ share, choice }) => ({ share, choice }));
    return { trials, members, probabilities: await model.predictProba(rows) };
  };
  const here = await fit(undefined);
  expect(await fit(one)).toEqual(here);
  expect(await fit(three)).toEqual(here);
}, 120_000);
