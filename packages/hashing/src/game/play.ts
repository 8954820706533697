import { WorstQueries, type WorstQuery } from './best-response.ts';
import { type NodePoints, testValues, varyingBits } from './node-points.ts';
import { PackedPoints } from './packed-points.ts';

/** How the weights of the tests are found; see {@link playGame}. */
export interface GameRules {
  /** Bits that a query may have wrong. */
  readonly radius: number;
  /** Exponent ρ of the value of a test. */
  readonly rho: number;
  readonly rounds: number;
  /**
   * `current`: the query answers the current weights (the rule of the textbook). `average`: it answers the
   * average of the weights so far, and the weights learn from the query of the round before (the published
   * program).
   */
  readonly answers: 'current' | 'average';
  /**
   * Step η of w_j ← w_j exp(η gain_j), from 0. Default 12 / (rounds · payoff of equal weights), which does
   * not depend on the number of points and on ρ; halved, at most four times, where equal weights would
   * serve the worst query better.
   */
  readonly step?: number | undefined;
  /** The average is over the rounds from this one on. Default the second half. */
  readonly averageFrom?: number;
  /** Weights of the first round, [bits], of any sum. Default equal over the bits that vary. */
  readonly first?: Float64Array;
}

/** The outcome of a game. */
export interface GameResult {
  /** The distribution over tests, [bits]. */
  readonly weights: Float64Array;
  /**
   * No distribution reaches more than this: the best single test against the queries of the averaged rounds.
   * The value of the game lies between the payoff of the worst query for `weights` and this.
   */
  readonly bound: number;
}

/**
 * The game at a node: a distribution π over single bits, against a query within `radius` of one of the
 * points. π gets Σ_j π_j u_j(p_j) over the bits that the query has right. Multiplicative weights against best
 * responses, all in float64.
 *
 * Source: Andoni & Beaglehole 2022 (arXiv 2108.05433), section 4; the step of the textbook rule is our own.
 */
export function playGame(points: NodePoints, rules: GameRules): GameResult {
  const { rounds, first } = rules;
  const { bits } = points.bits;
  const coordinates = first ? Int32Array.from({ length: bits }, (_, i) => i) : varyingBits(points);
  const packed = new PackedPoints(points, coordinates);
  const values = valuesAt(testValues(points, rules.rho), coordinates);
  const queries = new WorstQueries(packed, values, rules.radius);
  const table: GameTable = { packed, values, queries, bits };
  const w = first ? first.slice() : new Float64Array(coordinates.length).fill(1);
  normalize(w);
  if (rules.step !== undefined) return playRounds(table, rules, w, rules.step);
  const equal = queries.find(w).payoff;
  // Steps that are too long throw weight to and fro: then half of them, until something is gained.
  let [step, tries] = [defaultStep(rounds, equal), 4];
  let played = playRounds(table, rules, w, step);
  while (tries > 0 && queries.find(weightsAt(played.weights, coordinates)).payoff < equal) {
    step /= 2;
    tries -= 1;
    played = playRounds(table, rules, w, step);
  }
  return played;
}

/** What is known before the first round. */
interface GameTable {
  readonly packed: PackedPoints;
  readonly values: Float64Array;
  readonly queries: WorstQueries;
  readonly bits: number;
}

function playRounds(
  { packed, values, queries, bits }: GameTable,
  { rounds, answers, averageFrom = rounds >> 1 }: GameRules,
  begin: Float64Array,
  step: number,
): GameResult {
  const { coordinates } = packed;
  const w = begin.slice();
  const sums = new Float64Array(coordinates.length);
  const gains = new Float64Array(coordinates.length);
  const start: WorstQuery = { point: 0, flips: new Int32Array(0), payoff: 0 };
  let query = answers === 'average' ? start : queries.find(w);
  const learning: Learning = { packed, values, factors: values.map((value) => Math.exp(step * value)), w };
  let averaged = 0;
  for (let round = 0; round < rounds; round++) {
    const isAveraged = round >= averageFrom;
    if (isAveraged) {
      averaged += 1;
      for (let j = 0; j < w.length; j++) sums[j] = (sums[j] as number) + (w[j] as number);
    }
    if (answers === 'current') {
      if (round > 0) query = queries.find(w);
      learn(learning, query, isAveraged ? gains : undefined);
    } else {
      const next = queries.find(sums.map((sum) => sum / averaged));
      learn(learning, query, isAveraged ? gains : undefined);
      query = next;
    }
  }
  const weights = new Float64Array(bits);
  for (const [j, i] of coordinates.entries()) weights[i] = (sums[j] as number) / averaged;
  return { weights, bound: gains.reduce((most, gain) => Math.max(most, gain / averaged), 0) };
}

/** Equal weights of the bits that vary, or of all: the published baseline, and the honest one. */
export function equalWeights(points: NodePoints, over: 'varying' | 'all'): Float64Array {
  const { bits } = points.bits;
  if (over === 'all') return new Float64Array(bits).fill(1 / bits);
  const coordinates = varyingBits(points);
  const weights = new Float64Array(bits);
  for (const i of coordinates) weights[i] = 1 / coordinates.length;
  return weights;
}

/** Values of some bits, [coordinates, 2]. */
export function valuesAt(values: Float64Array, coordinates: Int32Array): Float64Array {
  const chosen = new Float64Array(2 * coordinates.length);
  for (const [j, i] of coordinates.entries()) chosen.set(values.subarray(2 * i, 2 * i + 2), 2 * j);
  return chosen;
}

/** Weights of some bits, [coordinates]. */
function weightsAt(weights: Float64Array, coordinates: Int32Array): Float64Array {
  return Float64Array.from(coordinates, (i) => weights[i] as number);
}

/** 12 / (rounds · payoff); 0 where every bit may be wrong, and nothing can be gained. */
function defaultStep(rounds: number, payoff: number): number {
  return payoff > 0 ? 12 / (rounds * payoff) : 0;
}

interface Learning {
  readonly packed: PackedPoints;
  readonly values: Float64Array;
  /** exp(η u_j(b)), [coordinates, 2]. */
  readonly factors: Float64Array;
  readonly w: Float64Array;
}

/** w_j ← w_j exp(η gain_j), of sum 1, where the gain is u_j(p_j), and 0 at a flipped bit. */
function learn(
  { packed, values, factors, w }: Learning,
  { point, flips }: WorstQuery,
  gains: Float64Array | undefined,
): void {
  const kept = Float64Array.from(flips, (j) => w[j] as number);
  const gained = gains && Float64Array.from(flips, (j) => gains[j] as number);
  for (let j = 0; j < w.length; j++) {
    const code = 2 * j + packed.bit(point, j);
    w[j] = (w[j] as number) * (factors[code] as number);
    if (gains) gains[j] = (gains[j] as number) + (values[code] as number);
  }
  for (const [k, j] of flips.entries()) {
    w[j] = kept[k] as number;
    if (gains && gained) gains[j] = gained[k] as number;
  }
  normalize(w);
}

function normalize(w: Float64Array): void {
  let sum = 0;
  for (let j = 0; j < w.length; j++) sum += w[j] as number;
  for (let j = 0; j < w.length; j++) w[j] = (w[j] as number) / sum;
}
