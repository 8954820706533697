import { AbortedError, UnavailableError } from '@agop/core';
import { checkGiven, checkPositive, checkWhole } from '@agop/core/options';
import type { TabularExecutor, TabularJob, TabularResult } from '@agop/tabular';
import { Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { encodeJob, nameOfJob } from '../jobs/encode-job.ts';
import { decodeResult } from '../jobs/results.ts';
import type { QueueJob } from '../jobs/wire.ts';
import { connect, type RedisAddress, shownAddress } from '../queue/connection.ts';
import { namesOf, ownVersion, type QueueNames } from '../queue/names.ts';
import { failureOf, type Outcome, quarantined, readOutcome } from '../queue/outcome.ts';
import type { QuarantinedJob } from '../queue/queue-state.ts';
import { listWorkers, type WorkerReport } from '../queue/registry.ts';
import { RowsPublisher } from '../rows/publish.ts';
import { openShared, type S3Options } from '../storage/open.ts';

/** Options of {@link queueExecutor}. */
export interface QueueExecutorOptions extends RedisAddress {
  /**
   * Where rows are put for workers to read: a folder that all machines reach, or `s3://bucket/prefix`. Files
   * that no fit has asked for in a week are removed from a folder; a bucket has rules of its own for that.
   */
  readonly shared: string;
  /** The storage behind `s3://`, where it is not Amazon's: see {@link S3Options}. */
  readonly s3?: S3Options | undefined;
  /** Separates those who share a Redis, and not workers. Default 'default'. */
  readonly group?: string;
  /**
   * Jobs that are in the queue at a time, from 1. Default twice what the workers that have joined do at a
   * time, and at least 8: workers that join later find work, too.
   */
  readonly size?: number;
  /** How often a job is tried where it fails for no reason of its own, from 1. Default 3. */
  readonly attempts?: number;
  /** Seconds for which results are kept, so that a fit that begins again finds them. Default a day. */
  readonly keepSeconds?: number;
  /** Called when a job has failed wherever it was tried: it is quarantined, and the rest goes on. */
  readonly onQuarantine?: (job: QuarantinedJob) => void;
  /** Called when Redis is lost, and when it is back. */
  readonly onConnection?: (isConnected: boolean) => void;
}

/** How far a driver's jobs are. */
export interface DriverState {
  /** Jobs that were asked for and whose results have not come yet. */
  readonly open: number;
  /** Results that have come, and how many of them another fit had asked for before. */
  readonly done: number;
  readonly known: number;
  readonly quarantined: number;
  /** The workers of this version that have told of themselves lately. */
  readonly workers: readonly WorkerReport[];
}

/** An executor whose jobs go to workers by a queue. */
export interface QueueExecutor extends TabularExecutor, Disposable {
  /** How far its jobs are. */
  state(): Promise<DriverState>;
  /**
   * Leaves the queue. Jobs that are in it stay, and workers go on with them: the same fit, begun again, finds
   * what was done.
   */
  close(): Promise<void>;
  /** As `close`, without waiting for its end. */
  dispose(): void;
}

const names: Readonly<Record<keyof QueueExecutorOptions, boolean>> = {
  redis: true,
  ca: true,
  shared: true,
  s3: true,
  group: true,
  size: true,
  attempts: true,
  keepSeconds: true,
  onQuarantine: true,
  onConnection: true,
};

/** Seconds between looks at jobs of which nothing was heard: events may be lost with Redis. */
const lookSeconds = 3;

/**
 * Sends trials, folds and leaves of tables to workers (`startWorker`, or `agop worker`) by a queue of BullMQ
 * in Redis or Valkey. Rows never travel: they lie in `shared`, and jobs say which. The same seed gives the
 * same model as in this process, bit for bit where the workers' engine is the same.
 *
 * A job that was done before, by this fit or another one of the last day, is not done again.
 *
 * @throws {UnavailableError} where Redis does not answer, or only workers of another version have joined
 * @throws {StorageError} where rows cannot be put into `shared`
 * @throws {OptionError} for unknown options and values out of range
 *
 * @example
 * using executor = await queueExecutor({ redis: 'redis://queue:6379', shared: '/mnt/shared/agop' });
 * using model = new TabularRegressor({ backend, executor });
 */
export async function queueExecutor(options: QueueExecutorOptions): Promise<QueueExecutor> {
  checkGiven('queueExecutor()', options, names);
  const { group = 'default', attempts = 3, keepSeconds = 24 * 3600 } = options;
  checkWhole('attempts', attempts, 1);
  checkPositive('keepSeconds', keepSeconds);
  if (options.size !== undefined) checkWhole('size', options.size, 1);
  const version = ownVersion();
  const queueNames = namesOf(group, version);
  const storage = await openShared(options.shared, options.s3);
  const redis = await connect(options, 'agop-driver');
  try {
    const workers = await listWorkers(redis, queueNames);
    const own = workers.filter((one) => one.version === version);
    const [other] = workers;
    if (own.length === 0 && other) {
      throw new UnavailableError(
        `The workers at ${shownAddress(options.redis)} have version ${other.version}, and this is ${version}: all need the same one.`,
      );
    }
    const slots = own.reduce((sum, one) => sum + one.slots, 0);
    const size = options.size ?? Math.max(8, 2 * slots);
    return new Driver(redis, queueNames, version, new RowsPublisher(storage), {
      ...options,
      size,
      attempts,
      keepSeconds,
    });
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

type DriverOptions = Pick<QueueExecutorOptions, 'onQuarantine' | 'onConnection'> & {
  readonly size: number;
  readonly attempts: number;
  readonly keepSeconds: number;
};

/** A job whose result is awaited, by all that asked for it. */
interface Awaited {
  readonly job: QueueJob;
  readonly promise: Promise<Outcome>;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

class Driver implements QueueExecutor {
  readonly size: number;
  readonly #redis: Redis;
  readonly #names: QueueNames;
  readonly #version: string;
  readonly #publisher: RowsPublisher;
  readonly #options: DriverOptions;
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #awaited = new Map<string, Awaited>();
  /** Jobs that this driver has put into the queue. */
  readonly #own = new Set<string>();
  readonly #looking: NodeJS.Timeout;
  #done = 0;
  #known = 0;
  #quarantined = 0;
  #isClosed = false;
  #isLooking = false;

  constructor(
    redis: Redis,
    queueNames: QueueNames,
    version: string,
    publisher: RowsPublisher,
    options: DriverOptions,
  ) {
    this.size = options.size;
    this.#redis = redis;
    this.#names = queueNames;
    this.#version = version;
    this.#publisher = publisher;
    this.#options = options;
    const { prefix, queue } = queueNames;
    this.#queue = new Queue(queue, { prefix, connection: redis });
    this.#events = new QueueEvents(queue, { prefix, connection: redis });
    // A lost connection comes back by itself; what was missed meanwhile is looked for.
    this.#queue.on('error', () => {});
    this.#events.on('error', () => {});
    this.#events.on('completed', ({ jobId }) => void this.#look(jobId));
    this.#events.on('failed', ({ jobId }) => void this.#look(jobId));
    redis.on('close', () => {
      if (!this.#isClosed) options.onConnection?.(false);
    });
    // What happened while Redis was away is looked for as soon as it is back.
    redis.on('ready', () => {
      options.onConnection?.(true);
      void this.#lookAtAll();
    });
    this.#looking = setInterval(() => void this.#lookAtAll(), lookSeconds * 1000);
    this.#looking.unref();
  }

  async run(given: TabularJob, signal?: AbortSignal | undefined): Promise<TabularResult> {
    this.#checkOpen(signal);
    const job = await encodeJob(given, this.#publisher);
    const name = nameOfJob(job, this.#version);
    this.#checkOpen(signal);
    const outcome = await untilAborted(this.#ask(name, job).promise, signal);
    if (outcome.kind === 'failure') throw failureOf(outcome);
    return decodeResult(given.kind, outcome.bytes);
  }

  async state(): Promise<DriverState> {
    const workers = await listWorkers(this.#redis, this.#names);
    return {
      open: this.#awaited.size,
      done: this.#done,
      known: this.#known,
      quarantined: this.#quarantined,
      workers: workers.filter(({ version }) => version === this.#version),
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#looking);
    for (const { reject } of this.#awaited.values()) reject(closed());
    this.#awaited.clear();
    await Promise.allSettled([this.#events.close(), this.#queue.close()]);
    this.#redis.disconnect();
  }

  dispose(): void {
    void this.close();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #checkOpen(signal: AbortSignal | undefined): void {
    if (signal?.aborted) throw new AbortedError('A job', signal.reason);
    if (this.#isClosed) throw closed();
  }

  /** Puts a job into the queue, unless it is there: once, however many ask for it. */
  #ask(name: string, job: QueueJob): Awaited {
    const known = this.#awaited.get(name);
    if (known) return known;
    const awaited = awaitedJob(job);
    this.#awaited.set(name, awaited);
    this.#begin(name, job).catch((error) => this.#settle(name, () => awaited.reject(error)));
    return awaited;
  }

  async #begin(name: string, job: QueueJob): Promise<void> {
    const state = await this.#queue.getJobState(name);
    if (state === 'completed' || state === 'failed') {
      if (!this.#own.has(name)) this.#known += 1;
      await this.#look(name);
    } else {
      await this.#add(name, job);
    }
  }

  async #add(name: string, job: QueueJob): Promise<void> {
    const { attempts, keepSeconds } = this.#options;
    this.#own.add(name);
    await this.#queue.add(job.trainer, job, {
      jobId: name,
      attempts,
      backoff: { type: 'exponential', delay: 500 },
      removeOnComplete: { age: keepSeconds },
      removeOnFail: { age: keepSeconds },
    });
  }

  /** What has become of a job that is awaited. */
  async #look(name: string): Promise<void> {
    const awaited = this.#awaited.get(name);
    if (!awaited || this.#isClosed) return;
    try {
      const state = await this.#queue.getJobState(name);
      if (state === 'completed') {
        const outcome = await readOutcome(this.#redis, this.#names, name);
        // What it gave may be gone, or cut off by the deadline of another fit: then it is done again.
        if (outcome && this.#isWhole(name, awaited.job, outcome)) {
          this.#settle(name, () => awaited.resolve(outcome));
        } else await this.#again(name, awaited.job);
      } else if (state === 'failed') {
        const failed = await this.#queue.getJob(name);
        this.#quarantine(name, awaited, failed?.failedReason ?? 'its failure is not known any more');
      } else if (state === 'unknown') {
        // Redis has lost it: it began anew without what it held.
        await this.#add(name, awaited.job);
      }
    } catch {
      // Redis is not there: the next look comes soon.
    }
  }

  /** Whether an outcome is what this fit may go on with: late ones only of its own asking. */
  #isWhole(name: string, job: QueueJob, outcome: Outcome): boolean {
    if (outcome.kind === 'failure' || !outcome.isLate) return true;
    return this.#own.has(name) && job.trainer === 'table-trial' && job.settings.deadline !== null;
  }

  async #again(name: string, job: QueueJob): Promise<void> {
    await this.#queue.remove(name);
    await this.#redis.del(this.#names.result(name));
    await this.#add(name, job);
  }

  #quarantine(name: string, awaited: Awaited, reason: string): void {
    this.#settle(name, () => {
      this.#quarantined += 1;
      this.#options.onQuarantine?.({ name, trainer: awaited.job.trainer, reason });
      awaited.resolve(quarantined(name, reason));
    });
  }

  /** Ends the waiting for a job, once. */
  #settle(name: string, how: () => void): void {
    if (!this.#awaited.delete(name)) return;
    this.#done += 1;
    how();
  }

  async #lookAtAll(): Promise<void> {
    if (this.#isLooking || this.#redis.status !== 'ready') return;
    this.#isLooking = true;
    for (const name of [...this.#awaited.keys()]) await this.#look(name);
    this.#isLooking = false;
  }
}

function awaitedJob(job: QueueJob): Awaited {
  let settle: Pick<Awaited, 'resolve' | 'reject'> = { resolve: () => {}, reject: () => {} };
  const promise = new Promise<Outcome>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Whoever asked may have gone.
  promise.catch(() => {});
  return { job, promise, ...settle };
}

/** The promise, or an error as soon as the signal fires. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new AbortedError('A job', signal.reason));
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function closed(): UnavailableError {
  return new UnavailableError('The queue was closed: open another executor.');
}
