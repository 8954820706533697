import { checkGiven } from '@agop/core/options';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { connect, type RedisAddress } from './connection.ts';
import { namesOf, ownVersion, type QueueNames } from './names.ts';
import { listWorkers, type WorkerReport } from './registry.ts';

/** A job that is not tried any more. */
export interface QuarantinedJob {
  readonly name: string;
  readonly trainer: string;
  readonly reason: string;
}

/** What there is in a queue, and who works on it. */
export interface QueueState {
  /** Of this program, and of the jobs that are counted. */
  readonly version: string;
  readonly waiting: number;
  readonly active: number;
  /** Jobs that are tried again in a moment. */
  readonly delayed: number;
  /** Jobs whose results are kept. */
  readonly done: number;
  readonly quarantined: number;
  /** Those that were quarantined last. */
  readonly quarantinedJobs: readonly QuarantinedJob[];
  /** Those that have told of themselves lately, of all versions. */
  readonly workers: readonly WorkerReport[];
}

/** A look at a queue, from outside. */
export interface QueueView {
  read(): Promise<QueueState>;
  /** Has quarantined jobs tried again. @returns how many there were */
  retry(): Promise<number>;
  /** Takes jobs that wait, results that are kept and quarantined jobs out of the queue. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Quarantined jobs that are told of. */
const mostTold = 20;

/**
 * Looks at the queue of drivers and workers.
 *
 * @param options `group` separates those who share a Redis; default 'default'
 * @throws {UnavailableError} where Redis does not answer
 * @throws {OptionError} for unknown options, and a group that is no word
 */
export async function openQueueView(options: RedisAddress & { readonly group?: string }): Promise<QueueView> {
  checkGiven('openQueueView()', options, { redis: true, ca: true, group: true });
  const version = ownVersion();
  const names = namesOf(options.group ?? 'default', version);
  const redis = await connect(options, 'agop-view');
  const queue = new Queue(names.queue, { prefix: names.prefix, connection: redis });
  queue.on('error', () => {});
  return {
    read: () => stateOf(redis, queue, names, version),
    async retry() {
      const { failed = 0 } = await queue.getJobCounts('failed');
      await queue.retryJobs({ state: 'failed' });
      return failed;
    },
    async clear() {
      await queue.drain(true);
      for (const kind of ['completed', 'failed'] as const) {
        while ((await queue.clean(0, 1000, kind)).length > 0);
      }
    },
    async close() {
      await queue.close();
      redis.disconnect();
    },
  };
}

async function stateOf(redis: Redis, queue: Queue, names: QueueNames, version: string): Promise<QueueState> {
  const counts = await queue.getJobCounts(
    'waiting',
    'prioritized',
    'active',
    'delayed',
    'completed',
    'failed',
  );
  const failed = await queue.getFailed(0, mostTold - 1);
  return {
    version,
    waiting: (counts['waiting'] ?? 0) + (counts['prioritized'] ?? 0),
    active: counts['active'] ?? 0,
    delayed: counts['delayed'] ?? 0,
    done: counts['completed'] ?? 0,
    quarantined: counts['failed'] ?? 0,
    quarantinedJobs: failed.map(({ id, name, failedReason }) => ({
      name: String(id),
      trainer: name,
      reason: failedReason ?? 'unknown',
    })),
    workers: await listWorkers(redis, names),
  };
}
