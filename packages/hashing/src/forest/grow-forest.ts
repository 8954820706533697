import { eventLoopTurn, throwIfAborted } from '@agop/core';
import { runAll } from '@agop/estimators';
import type { BitMatrix } from '../bits/bit-matrix.ts';
import type { HashingSettings } from '../options.ts';
import type { TreeArrays } from '../tree/tree.ts';
import { growingTree, type TreeExecutor, type TreeJob } from './tree-job.ts';

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
  const what = 'Growing a forest';
  const started = performance.now();
  let done = 0;
  const makeJob = (tree: number): TreeJob => ({ settings, words: bits.words, bits: bits.bits, tree });
  return await runAll(executor, settings.trees, makeJob, {
    what,
    signal,
    onResult: () => {
      throwIfAborted(signal, what);
      done += 1;
      const seconds = (performance.now() - started) / 1000;
      const secondsLeft = (seconds / done) * (settings.trees - done);
      return onTree?.({ trees: done, of: settings.trees, seconds, secondsLeft });
    },
  });
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
