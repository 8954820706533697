import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queueExecutor } from '@agop/workers';
import { expect, test } from 'vitest';
import { killAll, startProcess } from './processes.ts';
import { serverProgram, startRedis } from './redis-server.ts';
import { leaderboard, madeTable } from './table.ts';

test.skipIf(serverProgram === undefined)(
  'two worker processes find the same leaderboard and model as one process',
  async () => {
    const redis = await startRedis();
    const shared = await mkdtemp(join(tmpdir(), 'agop-shared-'));
    const where = { redis: redis.url, roots: [shared] };
    const workers = await Promise.all([startProcess(where), startProcess(where)]);
    try {
      const table = madeTable(300);
      const here = await leaderboard(table, undefined);
      using executor = await queueExecutor({ redis: redis.url, shared });
      const there = await leaderboard(table, executor);
      expect(there).toEqual(here);
      const state = await executor.state();
      expect(state).toMatchObject({ open: 0, known: 0, quarantined: 0 });
      expect(state.workers.reduce((sum, { done }) => sum + done, 0)).toBeLessThanOrEqual(state.done);
      await executor.close();
    } finally {
      await killAll(workers);
      await redis.stop();
      await rm(shared, { recursive: true, force: true });
    }
  },
  60_000,
);
