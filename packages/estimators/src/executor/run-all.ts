import { throwIfAborted } from '@agop/core';
import type { Executor } from './executor.ts';

/** How {@link runAll} tells what it does. */
export interface RunAllOptions<Result> {
  /** What is aborted, in the words of the error. Default 'The fit'. */
  readonly what?: string;
  readonly signal?: AbortSignal | undefined;
  /**
   * Called as results come, in order of their arrival, one after the other; what it throws, or its promise
   * rejects with, ends the run.
   */
  readonly onResult?: (result: Result, index: number) => void;
}

/**
 * Runs jobs that are made when their turn comes, as many at a time as the executor runs.
 *
 * @returns the results in the order of the jobs
 * @throws what the first failed job throws; no further job is begun then
 */
export async function runAll<Job, Result>(
  executor: Executor<Job, Result>,
  count: number,
  make: (index: number) => Job,
  options: RunAllOptions<Result> = {},
): Promise<Result[]> {
  const { signal, onResult, what = 'The fit' } = options;
  const results = new Array<Result>(count);
  let [next, failed] = [0, false];
  const work = async (): Promise<void> => {
    while (next < count && !failed) {
      throwIfAborted(signal, what);
      const index = next++;
      const result = await executor.run(make(index), signal);
      results[index] = result;
      await onResult?.(result, index);
    }
  };
  const workers = Array.from({ length: Math.max(1, Math.min(executor.size, count)) }, async () => {
    try {
      await work();
    } catch (error) {
      failed = true;
      throw error;
    }
  });
  // All have ended before an error goes on: nothing runs any more in the background.
  const ended = await Promise.allSettled(workers);
  const failure = ended.find((one) => one.status === 'rejected');
  if (failure) throw failure.reason;
  return results;
}
