import { strategies } from '@agop/hashing';
import * as z from 'zod/mini';
import { resultHead } from '../result-head.ts';

const forest = z.object({
  strategy: z.enum(strategies),
  /** Seconds to grow it. */
  seconds: z.number(),
  /** Nodes of a tree, on average. */
  nodes: z.number(),
  /** Tests from the root to the leaf of a query, on average over trees and queries. */
  tests: z.number(),
  /** Bytes of the points and the trees. */
  bytes: z.int(),
  /** Probability that one tree finds the point of a query, over all queries. */
  mean: z.number(),
  smallest: z.number(),
  /** Mean over the worst hundredth of the queries. */
  worstHundredth: z.number(),
  /** Mean over the worst tenth. */
  worstTenth: z.number(),
  /** What the first test gains in the worst case. */
  rootPayoff: z.number(),
  /** No first test gains more. */
  rootBound: z.number(),
});
/** What one forest does. */
export type ForestRecord = z.infer<typeof forest>;

const summary = z.object({
  data: z.string(),
  points: z.int(),
  bits: z.int(),
  /** Bits that are the same in all points. */
  constantBits: z.int(),
  threshold: z.int(),
  radius: z.int(),
  rho: z.number(),
  trees: z.int(),
  bucket: z.int(),
  rounds: z.int(),
  queriesPerPoint: z.int(),
  seed: z.int(),
  seconds: z.number(),
  forests: z.array(forest),
});
/** What `hash --json` prints. */
export type HashingSummary = z.infer<typeof summary>;

/** What is drawn of a forest. */
const drawn = z.object({
  strategy: z.enum(strategies),
  /** Success probabilities at evenly spaced ranks, the worst first. */
  sorted: z.array(z.number()),
  /** Probability of each bit to be the first test, [bits]. */
  root: z.array(z.number()),
});

/** What a strategy comes to. */
export const strategyPart = z.object({ record: forest, drawn });
export type StrategyPart = z.infer<typeof strategyPart>;

/** A whole comparison: what it measured, and what its report draws. */
export const hashingResult = z.object({
  ...resultHead('hashing', summary),
  /** [height, width, channels] of a point. */
  grid: z.tuple([z.int(), z.int(), z.int()]),
  drawn: z.array(drawn),
});
export type HashingRunResult = z.infer<typeof hashingResult>;
