import { serverProgram } from '@agop/test-support/redis';
import { expect, test } from 'vitest';
import { openPlace } from './place.ts';
import { killAll, startProcess } from './processes.ts';
import { leaderboard, madeTable } from './table.ts';

test.skipIf(serverProgram === undefined)(
  'worker processes find the same leaderboard and model as this process',
  async () => {
    const place = await openPlace();
    const where = { redis: place.redis.url, roots: [place.shared] };
    const workers = await Promise.all([startProcess(where), startProcess(where)]);
    try {
      const table = madeTable(300);
      const here = await leaderboard(table, undefined);
      using executor = await place.driver();
      expect(await leaderboard(table, executor)).toEqual(here);
      const first = await executor.state();
      expect(first).toMatchObject({ open: 0, known: 0, quarantined: 0 });
      expect(first.workers).toHaveLength(2);
      await executor.close();

      // The same fit, begun again, finds what was done.
      using again = await place.driver();
      expect(await leaderboard(table, again)).toEqual(here);
      const second = await again.state();
      expect(second).toMatchObject({ done: first.done, known: first.done });
      await again.close();
    } finally {
      await killAll(workers);
      await place.close();
    }
  },
  120_000,
);
