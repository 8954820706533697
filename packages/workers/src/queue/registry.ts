import type { Redis } from 'ioredis';
import * as z from 'zod/mini';
import type { QueueNames } from './names.ts';

const count = z.int().check(z.nonnegative());

const schema = z.object({
  id: z.string(),
  host: z.string(),
  pid: count,
  version: z.string(),
  /** What it computes on. */
  engine: z.string(),
  /** Jobs that it does at a time, and those it does now. */
  slots: count,
  busy: count,
  done: count,
  failed: count,
  /** Bytes of rows that it keeps. */
  cachedBytes: count,
  /** Milliseconds since 1970. */
  since: count,
});

/** What a worker tells of itself. */
export type WorkerReport = z.infer<typeof schema>;

/** How often workers tell of themselves, and how long that is believed, in seconds. */
export const reportSeconds = { every: 2, believed: 10 } as const;

/**
 * Tells of a worker.
 *
 * @internal
 */
export async function tellWorker(redis: Redis, names: QueueNames, report: WorkerReport): Promise<void> {
  await redis.set(names.worker(report.id), JSON.stringify(report), 'EX', reportSeconds.believed);
}

/**
 * Takes a worker off the list.
 *
 * @internal
 */
export async function forgetWorker(redis: Redis, names: QueueNames, id: string): Promise<void> {
  await redis.del(names.worker(id));
}

/**
 * The workers that have told of themselves lately, of all versions.
 *
 * @internal
 */
export async function listWorkers(redis: Redis, names: QueueNames): Promise<WorkerReport[]> {
  const found: WorkerReport[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', names.workers, 'COUNT', 1000);
    cursor = next;
    if (keys.length === 0) continue;
    for (const text of await redis.mget(keys)) {
      const report = schema.safeParse(parse(text));
      if (report.success) found.push(report.data);
    }
  } while (cursor !== '0');
  return found.toSorted((a, b) => a.host.localeCompare(b.host) || a.pid - b.pid);
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}
