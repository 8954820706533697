import type { ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { serverProgram } from '@agop/test-support/redis';
import type { QueueExecutor } from '@agop/workers';
import { expect, test } from 'vitest';
import { isLong } from './long.ts';
import { openPlace } from './place.ts';
import { killAll, startProcess } from './processes.ts';
import { leaderboard, madeTable } from './table.ts';

/** `pnpm check:workers` kills 20 workers, of 4 at a time; the tests one of two. */
const [kills, size, rows] = isLong ? [20, 4, 700] : [1, 2, 400];

test.skipIf(serverProgram === undefined)(
  `nothing is lost or counted twice with ${kills} kills of workers and a restart of Redis`,
  async () => {
    const place = await openPlace();
    const where = { redis: place.redis.url, roots: [place.shared], lockSeconds: 1 };
    const workers = new Set(await Promise.all(Array.from({ length: size }, () => startProcess(where))));
    let [killed, fits, isRestarted] = [0, 0, false];
    const disturb = async (executor: QueueExecutor, isOver: () => boolean): Promise<void> => {
      while (!isOver() && killed < kills) {
        await wait(isLong ? 300 : 50);
        const { workers: busy } = await executor.state();
        const victims = [...workers].filter((one) =>
          busy.some(({ pid, busy: jobs }) => pid === one.pid && jobs > 0),
        );
        const victim = victims[killed % Math.max(victims.length, 1)];
        if (!victim || isOver()) continue;
        await kill(victim);
        killed += 1;
        if (!isRestarted && killed >= kills / 2) {
          isRestarted = true;
          await place.redis.restart('saved');
        }
        workers.add(await startProcess(where));
      }
    };
    const kill = async (victim: ChildProcess): Promise<void> => {
      workers.delete(victim);
      await killAll([victim]);
    };
    try {
      const table = madeTable(rows);
      while (killed < kills || !isRestarted) {
        const options = { trials: 4, seed: fits };
        const here = await leaderboard(table, undefined, options);
        using executor = await place.driver();
        let isOver = false;
        const disturbance = disturb(executor, () => isOver);
        const there = await leaderboard(table, executor, options);
        isOver = true;
        await disturbance;
        expect(there).toEqual(here);
        expect(await executor.state()).toMatchObject({ open: 0, known: 0, quarantined: 0 });
        await executor.close();
        fits += 1;
      }
      if (kills > 5)
        console.log(`${killed} workers killed, Redis restarted once, ${fits} fits the same as here.`);
    } finally {
      await killAll(workers);
      await place.close();
    }
  },
  900_000,
);
