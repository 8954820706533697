import { randomArray, subkey, throwIfAborted } from '@agop/core';
import { RobustHashForest } from '@agop/hashing';
import type { RunContext } from '../experiment.ts';
import { RunParts } from '../run-parts.ts';
import type { HashingData } from './data.ts';
import { type ForestRecord, type HashingRunResult, type StrategyPart, strategyPart } from './result.ts';
import { checkHashingSettings, dataSettings, type HashingRunSettings, strategiesOf } from './settings.ts';

/** After each tree. */
export interface HashingEvent {
  readonly strategy: ForestRecord['strategy'];
  readonly trees: number;
  readonly of: number;
  readonly secondsLeft: number;
}

/** A comparison that has ended. */
export interface HashingRun {
  readonly result: HashingRunResult;
  /** The last forest: that of the game, by default. */
  readonly forest: RobustHashForest;
}

/** Ranks of the success probabilities that are kept for pictures. */
const ranks = 200;

/**
 * Grows a forest by each strategy, and asks it for points of which some bits are wrong: drawn with
 * replacement, as the paper has it, so that a bit drawn twice is right again.
 *
 * @throws {OptionError} for settings that do not go together
 * @throws {AbortedError} through `signal`
 */
export async function runHashingExperiment(
  settings: HashingRunSettings,
  { name, points, grid }: HashingData,
  { signal, onEvent, parts: store }: Pick<RunContext<HashingEvent>, 'signal' | 'onEvent' | 'parts'>,
): Promise<HashingRun> {
  checkHashingSettings(settings);
  const { rho, trees, bucket, rounds, gamePoints, queries, seed } = settings;
  const { radius, threshold } = dataSettings(settings);
  const asked = queriesOf(points.rows, points.bits, radius, queries, seed);
  const strategies = strategiesOf(settings);
  const parts = new RunParts(store, strategies.length);
  const made: StrategyPart[] = [];
  // The last forest is what is saved: without it, its part is made again.
  let forest = await keptForest(store);
  for (const [index, strategy] of strategies.entries()) {
    const isLast = index === strategies.length - 1;
    const anew = isLast && forest === undefined;
    const part = await parts.take({ name: strategy, kind: strategyPart, anew }, async () => {
      const begun = performance.now();
      const options = { radius, rho, trees, bucket, rounds, gamePoints, seed, strategy };
      const grown = await new RobustHashForest(options).fit(points, {
        ...(signal && { signal }),
        onTree: (event) => onEvent?.({ strategy, ...event }),
      });
      const seconds = (performance.now() - begun) / 1000;
      throwIfAborted(signal, 'Comparing forests');
      if (isLast) {
        forest = grown;
        await store?.write(forestFile, grown.toBytes());
      }
      return partOf(grown, points, asked, { strategy, seconds, trees });
    });
    made.push(part);
  }
  if (!forest) throw new TypeError('there is a strategy');
  const varying = Array.from({ length: points.bits }, (_, i) => i).filter((i) => varies(points, i));
  const result: HashingRunResult = {
    experiment: 'hashing',
    version: 1,
    summary: {
      data: name,
      points: points.rows,
      bits: points.bits,
      constantBits: points.bits - varying.length,
      threshold,
      radius,
      rho,
      trees,
      bucket,
      rounds,
      queriesPerPoint: queries,
      seed,
      seconds: parts.seconds,
      forests: made.map(({ record }) => record),
    },
    grid: [...grid],
    drawn: made.map(({ drawn }) => drawn),
  };
  return { result, forest };
}

const forestFile = 'forest.safetensors';

/** The last forest, where it was kept whole. */
async function keptForest(store: RunContext<HashingEvent>['parts']): Promise<RobustHashForest | undefined> {
  const bytes = await store?.read(forestFile);
  return bytes && RobustHashForest.load(bytes).catch(() => undefined);
}

/** What a forest does for the queries. */
function partOf(
  forest: RobustHashForest,
  points: HashingData['points'],
  asked: readonly HashingQuery[],
  { strategy, seconds, trees }: Pick<ForestRecord, 'strategy' | 'seconds'> & { readonly trees: number },
): StrategyPart {
  const { record, sorted } = measure(forest, asked);
  const { weights, payoff, bound } = forest.rootGame();
  return {
    record: {
      strategy,
      seconds,
      nodes: meanOf(forest.nodes),
      tests: meanOf(forest.query(points).tests) / trees,
      bytes: forest.bytes,
      ...record,
      rootPayoff: payoff,
      rootBound: bound,
    },
    drawn: { strategy, sorted, root: Array.from(weights) },
  };
}

/** A query: a stored point, and which of its bits are wrong. */
export interface HashingQuery {
  readonly point: number;
  readonly flips: readonly number[];
}

/**
 * Queries for points, each with other bits wrong.
 *
 * @param radius how many bits are drawn, with replacement: one that is drawn twice is right again
 * @param each how many queries a point has
 */
export function queriesOf(
  points: number,
  bits: number,
  radius: number,
  each: number,
  seed: number,
): HashingQuery[] {
  const draws = randomArray(points * each * radius, 'uniform', subkey(seed, 'wrong-bits'), 'float64');
  return Array.from({ length: points * each }, (_, k) => {
    const flips = new Set<number>();
    for (let j = 0; j < radius; j++) {
      const bit = Math.floor((draws[k * radius + j] as number) * bits);
      if (!flips.delete(bit)) flips.add(bit);
    }
    return { point: Math.floor(k / each), flips: [...flips] };
  });
}

function measure(
  forest: RobustHashForest,
  queries: readonly HashingQuery[],
): {
  readonly record: Pick<ForestRecord, 'mean' | 'smallest' | 'worstHundredth' | 'worstTenth'>;
  readonly sorted: number[];
} {
  const all = Float64Array.from(queries, ({ point, flips }) =>
    forest.successProbability(point, flips),
  ).sort();
  const worst = (share: number): number =>
    meanOf(all.subarray(0, Math.max(1, Math.floor(share * all.length))));
  const kept = Math.min(ranks, all.length);
  return {
    record: {
      mean: meanOf(all),
      smallest: all[0] as number,
      worstHundredth: worst(0.01),
      worstTenth: worst(0.1),
    },
    sorted: Array.from(
      { length: kept },
      (_, k) => all[Math.round((k * (all.length - 1)) / Math.max(1, kept - 1))] as number,
    ),
  };
}

function varies(points: HashingData['points'], bit: number): boolean {
  for (let row = 1; row < points.rows; row++) if (points.get(row, bit) !== points.get(0, bit)) return true;
  return false;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}
