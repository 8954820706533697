import { ValueError } from '@agop/core';
import type { BitMatrix } from '../bits/bit-matrix.ts';
import { WorstQueries } from '../game/best-response.ts';
import { testValues, varyingBits } from '../game/node-points.ts';
import { PackedPoints } from '../game/packed-points.ts';
import { playGame } from '../game/play.ts';
import type { HashingSettings } from '../options.ts';
import { gameRules, testWeights } from './weights.ts';

/** What the tests at the root are worth; see {@link RobustHashForest.rootGame}. */
export interface RootGame {
  /** Probability of each bit to be the first test, [bits]. */
  readonly weights: Float64Array;
  /** What they gain in the worst case: Σ_i π_i u_i over the bits that the worst query has right. */
  readonly payoff: number;
  /** No weights gain more than this in the worst case. */
  readonly bound: number;
  /** The worst query: a point, by its row, and the bits that it has wrong. */
  readonly worst: { readonly point: number; readonly flips: readonly number[] };
}

/** The game of all points. @throws {ValueError} where they are all equal */
export function playAtRoot(bits: BitMatrix, settings: HashingSettings): RootGame {
  const members = Int32Array.from({ length: bits.rows }, (_, row) => row);
  const points = { bits, members, begin: 0, end: bits.rows };
  const varying = varyingBits(points);
  if (varying.length === 0) throw new ValueError('All points are equal: there is nothing to test.');
  const { radius, rho } = settings;
  const isGame = settings.strategy === 'game' || settings.strategy === 'published';
  const played = isGame ? playGame(points, gameRules(settings, bits.bits)) : undefined;
  const weights = played?.weights ?? testWeights(settings)(points);
  const all = Int32Array.from({ length: bits.bits }, (_, i) => i);
  const packed = new PackedPoints(points, all);
  const worst = new WorstQueries(packed, testValues(points, rho), radius).find(weights);
  const bound = (played ?? playGame(points, gameRules({ ...settings, strategy: 'game' }, bits.bits))).bound;
  return { weights, payoff: worst.payoff, bound, worst: { point: worst.point, flips: [...worst.flips] } };
}
