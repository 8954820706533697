import { subkey } from '@agop/core';
import type { Executor } from '@agop/estimators';
import { BitMatrix } from '../bits/bit-matrix.ts';
import { Draws } from '../game/draw.ts';
import type { HashingSettings } from '../options.ts';
import { growTree } from '../tree/grow.ts';
import { BitTree, type TreeArrays } from '../tree/tree.ts';
import { testWeights } from './weights.ts';

/** One tree to be grown: plain data, which can travel to a worker. */
export interface TreeJob {
  readonly settings: HashingSettings;
  /** The points, as {@link BitMatrix} packs them. In shared memory they travel without a copy. */
  readonly words: Uint32Array;
  /** Number of bits of a point. */
  readonly bits: number;
  /** Which tree of the forest, from 0. */
  readonly tree: number;
}

/**
 * Where trees are grown: workers of your own, each of which answers a job by {@link growTreeOf}. What comes
 * out does not depend on where a job ran.
 */
export type TreeExecutor = Executor<TreeJob, TreeArrays>;

/** Grows the tree of a job. */
export function growTreeOf(job: TreeJob): TreeArrays {
  const growing = growingTree(job);
  for (let step = growing.next(); ; step = growing.next()) if (step.done) return step.value;
}

/** The same, with a pause after each leaf. */
export function* growingTree({ settings, words, bits, tree: t }: TreeJob): Generator<number, TreeArrays> {
  const points = new BitMatrix(words, bits);
  const tree = new BitTree();
  const draws = new Draws(subkey(settings.seed, 'bit-tests', t));
  const members = Int32Array.from({ length: points.rows }, (_, row) => row);
  const growth = { bucket: settings.bucket, weights: testWeights(settings), draw: () => draws.next() };
  yield* growTree(tree, tree.addLeaf(), points, members, growth);
  return { ...tree.arrays(), drawn: draws.used };
}
