import { type Backend, BackendPool } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { leavesOn, tabularOnPool, tabularSettings, tabularTrainer } from '@agop/tabular';
import { expect, test } from 'vitest';
import { normalRows, regressionJob } from './data.ts';

test('leaves take the next free backend of a pool, and come out as on one', async () => {
  const [x, fresh] = [normalRows(160, 3, 1), normalRows(20, 3, 2)];
  const job = await regressionJob(x);
  const tree = { leafRows: 30, split: 'random' as const, routing: 'hard' as const };
  const predictions = async (backends: readonly Backend[]) => {
    using pool = new BackendPool(backends);
    const working = new Set<Backend>();
    const watched: BackendPool['run'] = (work) =>
      pool.run(async (backend) => {
        working.add(backend);
        // Lets the other one begin.
        await new Promise((resolve) => setTimeout(resolve, 1));
        return work(backend);
      });
    const executor = leavesOn(tabularOnPool({ size: pool.size, run: watched }));
    const backend = backends[0] as Backend;
    const settings = tabularSettings({ backend, tree, executor, iterations: 1, seed: 3 });
    const fitted = await tabularTrainer.fit(job, settings, {});
    const outputs = Array.from(await tabularTrainer.predict(fitted, fresh));
    fitted.dispose();
    expect(working.size).toBe(backends.length);
    for (const one of backends) expect(one.memory().tensors).toBe(0);
    return outputs;
  };
  const alone = await predictions([createNaiveBackend()]);
  expect(await predictions([createNaiveBackend(), createNaiveBackend()])).toEqual(alone);
});
