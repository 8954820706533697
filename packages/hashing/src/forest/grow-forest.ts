import { eventLoopTurn, throwIfAborted } from '@agop/core';
import type { BitMatrix } from '../bits/bit-matrix.ts';
import type { HashingSettings } from '../options.ts';
import type { TreeArrays } from '../tree/tree.ts';
import { growingTree, type TreeExecutor } from './tree-job.ts';

/** How far a forest is. */
export interface GrowthEvent {
  /** Trees that are done. */
  readonly trees: number;
  /** Trees in all. */
  readonly of: number;
  /** Seconds since the beginning. */
  readonly seconds: number;
  /** Estimate of the seconds until the end. */
  readonly secondsLeft: number;
}

/** Options of `fit`. */
export interface GrowOptions {
  /** Called after each tree. */
  readonly onTree?: (event: GrowthEvent) => void;
  /** Stops the work with an `AbortedError`; the forest stays as it was before. */
  readonly signal?: AbortSignal;
  /** Where the trees are grown. Default one after the other on this thread, which stays responsive. */
  readonly executor?: TreeExecutor;
}

/** Grows all trees of a forest. @throws {AbortedError} through `signal` */
export async function growForest(
  settings: HashingSettings,
  bits: BitMatrix,
  options: GrowOptions,
): Promise<TreeArrays[]> {
  const { signal, onTree, executor = alone } = options;
  const started = performance.now();
  let done = 0;
  const grow = async (tree: number): Promise<TreeArrays> => {
    throwIfAborted(signal, 'Growing a forest');
    const arrays = await executor.run({ settings, words: bits.words, bits: bits.bits, tree }, signal);
    throwIfAborted(signal, 'Growing a forest');
    done += 1;
    const seconds = (performance.now() - started) / 1000;
    const secondsLeft = (seconds / done) * (settings.trees - done);
    onTree?.({ trees: done, of: settings.trees, seconds, secondsLeft });
    return arrays;
  };
  return await inTurns(settings.trees, executor.size, grow);
}

/** This thread, which looks after other things every 50 ms. */
const alone: TreeExecutor = {
  size: 1,
  run: async (job, signal) => {
    const growing = growingTree(job);
    let paused = performance.now();
    for (let step = growing.next(); ; step = growing.next()) {
      if (step.done) return step.value;
      if (performance.now() - paused < 50) continue;
      await eventLoopTurn();
      throwIfAborted(signal, 'Growing a forest');
      paused = performance.now();
    }
  },
};

/** Runs work for 0 to count - 1, so many at a time. */
async function inTurns<T>(count: number, size: number, work: (at: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const turns = Array.from({ length: Math.max(1, Math.min(size, count)) }, async () => {
    while (next < count) {
      const at = next++;
      results[at] = await work(at);
    }
  });
  try {
    await Promise.all(turns);
  } finally {
    next = count;
    await Promise.allSettled(turns);
  }
  return results;
}
