import { Worker } from 'node:worker_threads';
import { createCpuBackend } from '@agop/backend-cpu';
import {
  type FittedLeaf,
  type LeafJob,
  tabularSettings,
  tabularTrainer,
  workerExecutor,
} from '@agop/tabular';
import { expect, test } from 'vitest';
import { normalRows, regressionJob, smooth } from './data.ts';

const [n, d] = [240, 3];
const x = normalRows(n, d, 1);
const fresh = normalRows(50, d, 2);
const start = () => new Worker(new URL('./leaf-worker.ts', import.meta.url));
const tree = { leafRows: 70, routing: 0.3 };

test('workers fit the same bits as this process, and tell their errors by code', async () => {
  using backend = await createCpuBackend({ threads: 1 });
  using executor = workerExecutor<LeafJob, FittedLeaf>({ size: 2, start });
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
