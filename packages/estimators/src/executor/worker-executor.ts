import { AbortedError, OptionError, UnavailableError } from '@agop/core';
import { checkWhole } from '@agop/core/options';
import type { Executor } from './executor.ts';
import { type FromWorker, restoreFailure, type ToWorker } from './messages.ts';

/** A worker of `node:worker_threads`. */
interface NodeWorker {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
}

/** A web worker. */
interface WebWorker {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
}

/** A worker, of Node or of a browser. */
export type JobWorker = { postMessage(message: unknown): void; terminate(): unknown } & (
  | NodeWorker
  | WebWorker
);

/** An {@link Executor} whose workers end with it. */
export interface WorkerExecutor<Job, Result> extends Executor<Job, Result>, Disposable {
  /** Ends the workers; jobs that run are rejected. */
  dispose(): void;
}

/**
 * Runs jobs in workers, one job at a time in each; {@link answerJobs} is their other end. Workers start with
 * the first jobs and stay until `dispose`. One that ends by itself fails its job, and another one is started
 * for the next.
 *
 * @throws {OptionError} for a size that is no whole number from 1
 *
 * @example
 * using executor = workerExecutor<TreeJob, TreeArrays>({
 *   size: 2,
 *   start: () => new Worker(new URL('./tree-worker.js', import.meta.url)),
 * });
 * await new RobustHashForest({ radius: 8 }).fit(bits, { executor });
 */
export function workerExecutor<Job, Result>(options: {
  /** Number of workers. */
  readonly size: number;
  /** Starts one. */
  readonly start: () => JobWorker;
}): WorkerExecutor<Job, Result> {
  const size = checkWhole('size', options.size, 1);
  if (typeof options.start !== 'function') {
    throw new OptionError('start', {
      requirement: 'be a function that starts a worker',
      received: options.start,
    });
  }
  return new Workers<Job, Result>(size, options.start);
}

interface Running<Result> {
  readonly id: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** A started worker and its job. */
interface Station<Result> {
  readonly worker: JobWorker;
  running: Running<Result> | undefined;
}

class Workers<Job, Result> implements WorkerExecutor<Job, Result> {
  readonly size: number;
  readonly #start: () => JobWorker;
  readonly #stations = new Set<Station<Result>>();
  readonly #waiting: (() => void)[] = [];
  #next = 0;
  #isDisposed = false;

  constructor(size: number, start: () => JobWorker) {
    this.size = size;
    this.#start = start;
  }

  async run(job: Job, signal?: AbortSignal | undefined): Promise<Result> {
    const station = await this.#free(signal);
    const id = this.#next++;
    const send = (message: ToWorker<Job>): void => station.worker.postMessage(message);
    const abort = (): void => send({ kind: 'abort', id });
    try {
      return await new Promise<Result>((resolve, reject) => {
        station.running = { id, resolve, reject };
        signal?.addEventListener('abort', abort);
        send({ kind: 'job', id, job });
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      station.running = undefined;
      this.#waiting.shift()?.();
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const station of this.#stations) {
      station.running?.reject(new UnavailableError('The workers were ended while a job ran.'));
      station.worker.terminate();
    }
    this.#stations.clear();
    for (const wake of this.#waiting.splice(0)) wake();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** A worker without a job, which is taken. */
  async #free(signal: AbortSignal | undefined): Promise<Station<Result>> {
    for (;;) {
      if (signal?.aborted) throw new AbortedError('A job', signal.reason);
      if (this.#isDisposed) throw new UnavailableError('The workers have been ended: make another executor.');
      for (const station of this.#stations) if (!station.running) return this.#taken(station);
      if (this.#stations.size < this.size) return this.#taken(this.#begin());
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #taken(station: Station<Result>): Station<Result> {
    station.running = { id: -1, resolve: () => {}, reject: () => {} };
    return station;
  }

  #begin(): Station<Result> {
    const worker = this.#start();
    const station: Station<Result> = { worker, running: undefined };
    this.#stations.add(station);
    const hear = (data: unknown): void => {
      const message = data as FromWorker<Result>;
      if (message.id !== station.running?.id) return;
      if (message.kind === 'result') station.running.resolve(message.result);
      else station.running.reject(restoreFailure(message.failure));
    };
    const lose = (cause: unknown): void => {
      this.#stations.delete(station);
      station.running?.reject(
        new UnavailableError(`A worker ended by itself: ${reason(cause)}.`, [], { cause }),
      );
    };
    if ('on' in worker) {
      worker.on('message', hear);
      worker.on('error', lose);
      worker.on('exit', (code) => lose(new Error(`exit code ${code}`)));
    } else {
      worker.addEventListener('message', ({ data }) => hear(data));
      worker.addEventListener('error', ({ message }) =>
        lose(new Error(message ?? 'it could not be started')),
      );
    }
    return station;
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
