import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OwnRedis, startRedis } from '@agop/test-support/redis';
import {
  type QueueExecutorOptions,
  type QueueWorkerOptions,
  queueExecutor,
  startWorker,
} from '@agop/workers';

/** A Redis and a shared folder of a test's own, and what joins there. */
export interface Place {
  readonly redis: OwnRedis;
  readonly shared: string;
  driver(options?: Partial<QueueExecutorOptions>): ReturnType<typeof queueExecutor>;
  /** A worker in this process, which computes in threads. */
  worker(options?: Partial<QueueWorkerOptions>): ReturnType<typeof startWorker>;
  close(): Promise<void>;
}

/** What computes in tests. */
export const engine = {
  module: import.meta.resolve('@agop/backend-cpu'),
  create: 'createCpuBackend',
  options: { threads: 1 },
};

/** @param settings of the Redis */
export async function openPlace(settings?: readonly string[]): Promise<Place> {
  const redis = await startRedis(settings);
  const shared = await mkdtemp(join(tmpdir(), 'agop-shared-'));
  return {
    redis,
    shared,
    driver: (options) => queueExecutor({ redis: redis.url, shared, ...options }),
    worker: (options) => startWorker({ redis: redis.url, roots: [shared], engine, ...options }),
    async close() {
      await redis.stop();
      await rm(shared, { recursive: true, force: true });
    },
  };
}
