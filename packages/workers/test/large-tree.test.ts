import { createCpuBackend } from '@agop/backend-cpu';
import { randomArray } from '@agop/core';
import { type FitJob, type Rows, regression } from '@agop/estimators';
import { leavesOn, type TabularExecutor, tabularSettings, tabularTrainer } from '@agop/tabular';
import { serverProgram } from '@agop/test-support/redis';
import { expect, test } from 'vitest';
import { isLong } from './long.ts';
import { openPlace } from './place.ts';

/** `pnpm check:workers` fits 100,000 rows. */
const [rows, leafRows] = isLong ? [100_000, 1600] : [1000, 260];
const d = 8;

test.skipIf(serverProgram === undefined)(
  `a tree of ${rows} rows that workers fit equals the one of this process`,
  async () => {
    const place = await openPlace();
    try {
      using backend = await createCpuBackend({ threads: 1 });
      const job = await madeJob();
      const fit = async (executor: TabularExecutor | undefined): Promise<ArrayLike<number>> => {
        const settings = tabularSettings({
          backend,
          iterations: 1,
          tree: { leafRows, routing: 0.3 },
          ...(executor && { executor: leavesOn(executor) }),
        });
        const fitted = await tabularTrainer.fit(job, settings, {});
        try {
          expect(fitted.leaves.length).toBeGreaterThan(isLong ? 60 : 3);
          return await tabularTrainer.predict(fitted, { ...job.training.x, rows: 1000 });
        } finally {
          fitted.dispose();
        }
      };
      const here = await fit(undefined);
      const worker = await place.worker({ slots: 2, cacheBytes: 10 * 2 ** 20 });
      using executor = await place.driver();
      expect(await fit(executor)).toEqual(here);
      expect(worker.report.cachedBytes).toBeLessThanOrEqual(10 * 2 ** 20);
      expect(worker.report).toMatchObject({ failed: 0, busy: 0 });
      await executor.close();
      await worker.stop();
    } finally {
      await place.close();
    }
  },
  isLong ? 1_800_000 : 120_000,
);

/** A smooth regression whose rows are weighted, so that all that belongs to rows travels. */
async function madeJob(): Promise<FitJob<Rows>> {
  const data = randomArray(rows * d, 'normal', { seed: 5 }, 'float64');
  const values = Float64Array.from({ length: rows }, (_, row) => {
    const [a, b] = [data[row * d] as number, data[row * d + 1] as number];
    return Math.sin(2 * a) + a * b;
  });
  const { coding, y } = await regression().open(values, rows, 'rows');
  const weights = Float64Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 0.5 : 1.5));
  const training = { x: { data, rows, columns: d }, y, weights };
  return { coding: coding.trainedOn(y), training, held: undefined, test: undefined };
}
