import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { FormatError } from '@agop/core';
import { checkGiven, checkPositive, checkWhole } from '@agop/core/options';
import { type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { checkJob, decodeJob } from '../jobs/decode-job.ts';
import { encodeResult } from '../jobs/results.ts';
import { connect, type RedisAddress } from '../queue/connection.ts';
import { namesOf, ownVersion, type QueueNames } from '../queue/names.ts';
import { outcomeOf, reasonOf, writeOutcome } from '../queue/outcome.ts';
import { forgetWorker, reportSeconds, tellWorker, type WorkerReport } from '../queue/registry.ts';
import { RowsReader } from '../rows/rows-reader.ts';
import { openRoots, type S3Options } from '../storage/open.ts';
import { type EngineOptions, Slots } from './slots.ts';

/** Options of {@link startWorker}. */
export interface QueueWorkerOptions extends RedisAddress {
  /**
   * What the worker may read, and nothing else: folders, `name=folder` where the driver has the folder under
   * another name, and `s3://bucket/prefix`.
   */
  readonly roots: readonly string[];
  /** What it computes on: the module that makes the backend, and how. */
  readonly engine: EngineOptions;
  /** What it computes on, for people. Default the module's name. */
  readonly engineName?: string;
  /** Jobs that it does at a time, each in a thread of its own, from 1. Default 1. */
  readonly slots?: number;
  /** Bytes of rows that it keeps between jobs, at most. Default 1 GiB. */
  readonly cacheBytes?: number;
  /** The storage behind `s3://`, where it is not Amazon's. */
  readonly s3?: S3Options | undefined;
  /** Separates those who share a Redis, and not workers. Default 'default'. */
  readonly group?: string;
  /**
   * Seconds after which a job is another worker's, where this one does not tell that it lives. Default 30;
   * every worker of a group should have the same.
   */
  readonly lockSeconds?: number;
  /** Longest time that a job may take, in seconds; then its thread is ended. Default an hour. */
  readonly jobSeconds?: number;
  /** Seconds for which results are kept. Default a day. */
  readonly keepSeconds?: number;
  /** Called with what happens. */
  readonly onEvent?: (event: WorkerEvent) => void;
}

/** What a worker tells. */
export type WorkerEvent =
  | { readonly kind: 'begun'; readonly job: string; readonly trainer: string }
  | { readonly kind: 'done'; readonly job: string; readonly trainer: string; readonly seconds: number }
  /** An attempt has failed; it is the last one where the job is quarantined. */
  | {
      readonly kind: 'failed';
      readonly job: string;
      readonly trainer: string;
      readonly reason: string;
      readonly quarantined: boolean;
    }
  /** Redis was lost, or is back. */
  | { readonly kind: 'connection'; readonly connected: boolean };

/** A worker that has joined. */
export interface QueueWorker {
  /** What it tells of itself. */
  readonly report: WorkerReport;
  /** Takes no more jobs, ends those that it has, and leaves. */
  stop(): Promise<void>;
}

const names: Readonly<Record<keyof QueueWorkerOptions, boolean>> = {
  redis: true,
  ca: true,
  roots: true,
  engine: true,
  engineName: true,
  slots: true,
  cacheBytes: true,
  s3: true,
  group: true,
  lockSeconds: true,
  jobSeconds: true,
  keepSeconds: true,
  onEvent: true,
};

/** So often a job may be lost with its worker before it is taken for what kills them. */
const mostLosses = 5;

/**
 * Joins the workers of a queue: does the jobs of `queueExecutor` until it is stopped. It runs no code from
 * the queue, only trainers that it knows, with settings that it checks, on rows below its `roots`.
 *
 * @throws {UnavailableError} where Redis does not answer
 * @throws {StorageError} for a folder that is not there
 * @throws {OptionError} for unknown options and values out of range
 */
export async function startWorker(options: QueueWorkerOptions): Promise<QueueWorker> {
  checkGiven('startWorker()', options, names);
  const {
    slots = 1,
    cacheBytes = 2 ** 30,
    group = 'default',
    lockSeconds = 30,
    jobSeconds = 3600,
    keepSeconds = 24 * 3600,
  } = options;
  checkWhole('slots', slots, 1);
  checkWhole('cacheBytes', cacheBytes, 0);
  checkPositive('lockSeconds', lockSeconds);
  checkPositive('jobSeconds', jobSeconds);
  checkPositive('keepSeconds', keepSeconds);
  const version = ownVersion();
  const queueNames = namesOf(group, version);
  const reader = new RowsReader(await openRoots(options.roots, options.s3), cacheBytes);
  const redis = await connect(options, 'agop-worker');
  return new Joined(redis, queueNames, reader, {
    ...options,
    version,
    slots,
    lockSeconds,
    jobSeconds,
    keepSeconds,
  });
}

type Settings = QueueWorkerOptions &
  Required<Pick<QueueWorkerOptions, 'slots' | 'lockSeconds' | 'jobSeconds' | 'keepSeconds'>> & {
    readonly version: string;
  };

class Joined implements QueueWorker {
  readonly #redis: Redis;
  readonly #names: QueueNames;
  readonly #reader: RowsReader;
  readonly #settings: Settings;
  readonly #slots: Slots;
  readonly #worker: Worker;
  readonly #telling: NodeJS.Timeout;
  readonly #id = randomUUID();
  readonly #since = Date.now();
  #busy = 0;
  #done = 0;
  #failed = 0;
  #hasLeft = false;
  #told = 0;

  constructor(redis: Redis, queueNames: QueueNames, reader: RowsReader, settings: Settings) {
    this.#redis = redis;
    this.#names = queueNames;
    this.#reader = reader;
    this.#settings = settings;
    this.#slots = new Slots(settings.engine, settings.slots);
    const lockDuration = settings.lockSeconds * 1000;
    this.#worker = new Worker(queueNames.queue, (job) => this.#work(job), {
      prefix: queueNames.prefix,
      connection: redis,
      concurrency: settings.slots,
      lockDuration,
      stalledInterval: lockDuration,
      maxStalledCount: mostLosses,
      drainDelay: 1,
    });
    this.#worker.on('error', () => {});
    redis.on('close', () => {
      if (!this.#hasLeft) settings.onEvent?.({ kind: 'connection', connected: false });
    });
    redis.on('ready', () => settings.onEvent?.({ kind: 'connection', connected: true }));
    this.#telling = setInterval(() => this.#tell(), reportSeconds.every * 1000);
    this.#tell();
  }

  get report(): WorkerReport {
    const { version, engine, engineName, slots } = this.#settings;
    return {
      id: this.#id,
      host: hostname(),
      pid: process.pid,
      version,
      engine: engineName ?? engine.module,
      slots,
      busy: this.#busy,
      done: this.#done,
      failed: this.#failed,
      cachedBytes: this.#reader.bytes,
      since: this.#since,
    };
  }

  async stop(): Promise<void> {
    clearInterval(this.#telling);
    await this.#worker.close();
    this.#slots[Symbol.dispose]();
    await forgetWorker(this.#redis, this.#names, this.#id);
    this.#hasLeft = true;
    this.#redis.disconnect();
  }

  #tell(): void {
    if (this.#redis.status !== 'ready') return;
    this.#told = performance.now();
    tellWorker(this.#redis, this.#names, this.report).catch(() => {});
  }

  async #work(job: Job): Promise<null> {
    const name = String(job.id);
    const { onEvent, jobSeconds, keepSeconds } = this.#settings;
    const started = performance.now();
    this.#busy += 1;
    // Short jobs are not told of one by one.
    if (started - this.#told > 250) this.#tell();
    onEvent?.({ kind: 'begun', job: name, trainer: job.name });
    try {
      const outcome = await this.#outcome(job.data, jobSeconds);
      await writeOutcome(this.#redis, this.#names, name, outcome, keepSeconds);
      this.#done += 1;
      const seconds = (performance.now() - started) / 1000;
      onEvent?.({ kind: 'done', job: name, trainer: job.name, seconds });
      return null;
    } catch (error) {
      this.#failed += 1;
      const reason = reasonOf(error);
      const isLast = error instanceof UnrecoverableError || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
      onEvent?.({ kind: 'failed', job: name, trainer: job.name, reason, quarantined: isLast });
      throw error instanceof UnrecoverableError ? error : new Error(reason);
    } finally {
      this.#busy -= 1;
    }
  }

  async #outcome(data: unknown, seconds: number) {
    const wire = await refusing(() => checkJob(data));
    try {
      const job = await decodeJob(wire, this.#reader);
      const result = await this.#slots.run(job, seconds);
      const isLate = job.kind === 'trial' && Date.now() > (job.trial.deadline ?? Number.POSITIVE_INFINITY);
      return { kind: 'result' as const, bytes: encodeResult(result), isLate };
    } catch (error) {
      const outcome = outcomeOf(error);
      if (outcome) return outcome;
      throw error;
    }
  }
}

/** What is no job is not tried again. */
async function refusing<T>(check: () => T): Promise<T> {
  try {
    return check();
  } catch (error) {
    throw FormatError.isInstance(error) ? new UnrecoverableError(error.message) : error;
  }
}
