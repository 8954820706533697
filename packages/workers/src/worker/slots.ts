import { WorkerError } from '@agop/core';
import type { WorkerExecutor } from '@agop/estimators';
import type { TabularJob, TabularResult } from '@agop/tabular';
import { type TabularWorkersOptions, tabularWorkers } from '@agop/tabular/node';

/** What computes: the backend of each slot. */
export type EngineOptions = Omit<TabularWorkersOptions, 'size'>;

type Slot = WorkerExecutor<TabularJob, TabularResult>;

/**
 * Threads that compute, one job at a time in each, so that the thread that talks to Redis is never busy. A
 * thread whose job takes too long is ended, and another one takes its place.
 */
export class Slots implements Disposable {
  readonly #engine: EngineOptions;
  readonly #free: Slot[];
  readonly #all = new Set<Slot>();
  readonly #waiting: ((slot: Slot) => void)[] = [];
  #isDisposed = false;

  constructor(engine: EngineOptions, size: number) {
    this.#engine = engine;
    this.#free = Array.from({ length: size }, () => this.#open());
  }

  /** @throws {WorkerError} where the job takes longer than the limit */
  async run(job: TabularJob, seconds: number): Promise<TabularResult> {
    const slot = this.#free.pop() ?? (await new Promise<Slot>((resolve) => this.#waiting.push(resolve)));
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          isLate = true;
          reject(new WorkerError(`The job took longer than ${seconds} s, the limit of the worker.`));
        }, seconds * 1000);
      });
      return await Promise.race([slot.run(job), late]);
    } finally {
      clearTimeout(timer);
      this.#give(isLate ? this.#instead(slot) : slot);
    }
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const slot of this.#all) slot.dispose();
  }

  #open(): Slot {
    const slot = tabularWorkers({ ...this.#engine, size: 1 });
    this.#all.add(slot);
    return slot;
  }

  #instead(slot: Slot): Slot {
    this.#all.delete(slot);
    slot.dispose();
    return this.#isDisposed ? slot : this.#open();
  }

  #give(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next) next(slot);
    else this.#free.push(slot);
  }
}
