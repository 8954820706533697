import type { PackedPoints } from './packed-points.ts';
import { sortDescending } from './sort.ts';

/** The query that a distribution over tests serves worst: a point of the node, some of its bits flipped. */
export interface WorstQuery {
  /** Which of the points. */
  readonly point: number;
  /** The flipped bits, by their place among the coordinates; those of the largest terms first. */
  readonly flips: Int32Array;
  /** What remains: the sum over unflipped bits of π_j u_j(p_j). */
  readonly payoff: number;
}

/**
 * Finds worst queries at a node, round after round.
 *
 * The payoff of point p is Σ_j π_j u_j(p_j) less its `radius` largest terms. The sums come from tables over
 * groups of bits, O(bits / 8) a point; the largest terms of a point from one descending list of large terms,
 * down which it walks until enough of its own are met, about 2 · radius steps.
 */
export class WorstQueries {
  readonly #points: PackedPoints;
  readonly #values: Float64Array;
  readonly #radius: number;
  readonly #tables: Float64Array;
  /** π_j u_j(b) by 2 j + b. */
  readonly #terms: Float64Array;
  /** Codes 2 j + b of large terms, descending; the first `#listed` of them hold. */
  readonly #list: Int32Array;
  readonly #scratch: Int32Array;
  #listed = 0;
  /** Terms below this are not in the list. */
  #floor = 0;
  /** How far down the list the walks of this round went. */
  #deepest = 0;
  readonly #flipped: Int32Array;

  /** @param values u_j(b), [coordinates, 2] */
  constructor(points: PackedPoints, values: Float64Array, radius: number) {
    this.#points = points;
    this.#values = values;
    this.#radius = Math.min(radius, points.coordinates.length);
    this.#terms = new Float64Array(values.length);
    this.#tables = new Float64Array(points.groups * 2 ** points.width);
    this.#list = new Int32Array(values.length);
    this.#scratch = new Int32Array(values.length);
    this.#flipped = new Int32Array(this.#radius);
  }

  /** @param weights π_j, [coordinates] */
  find(weights: Float64Array): WorstQuery {
    const base = this.#weigh(weights);
    this.#listFrom(this.#floor);
    const { count } = this.#points;
    let point = 0;
    let payoff = Number.POSITIVE_INFINITY;
    for (let p = 0; p < count; p++) {
      const remains = base + this.#points.sum(p, this.#tables) - this.#largest(p);
      if (remains >= payoff) continue;
      payoff = remains;
      point = p;
    }
    this.#largest(point);
    this.#shorten();
    return { point, flips: this.#flipped.slice(), payoff: Math.max(payoff, 0) };
  }

  /** Terms and tables for weights. Returns the sum of the terms of bits 0. */
  #weigh(weights: Float64Array): number {
    const terms = this.#terms;
    const values = this.#values;
    const tables = this.#tables;
    const { width, groups } = this.#points;
    const bits = weights.length;
    let base = 0;
    for (let j = 0; j < bits; j++) {
      const weight = weights[j] as number;
      const zero = weight * (values[2 * j] as number);
      terms[2 * j] = zero;
      terms[2 * j + 1] = weight * (values[2 * j + 1] as number);
      base += zero;
    }
    for (let group = 0; group < groups; group++) {
      const first = group * width;
      const table = group << width;
      const most = Math.min(width, bits - first);
      for (let bit = 0; bit < most; bit++) {
        const code = 2 * (first + bit);
        const gain = (terms[code + 1] as number) - (terms[code] as number);
        const half = table + (1 << bit);
        for (let at = table; at < half; at++) tables[at + half - table] = (tables[at] as number) + gain;
      }
    }
    return base;
  }

  /** Makes the list of all terms from `floor` on, the lower code first among equals. */
  #listFrom(floor: number): void {
    const terms = this.#terms;
    const list = this.#list;
    let listed = 0;
    for (let code = 0; code < terms.length; code++) {
      if ((terms[code] as number) >= floor) list[listed++] = code;
    }
    sortDescending(list, listed, terms, this.#scratch);
    this.#listed = listed;
    this.#floor = floor;
  }

  /** Sum of the largest terms of a point; leaves their bits in `#flipped`. */
  #largest(point: number): number {
    const terms = this.#terms;
    const list = this.#list;
    const radius = this.#radius;
    for (;;) {
      const listed = this.#listed;
      let found = 0;
      let sum = 0;
      let k = 0;
      for (; k < listed && found < radius; k++) {
        const code = list[k] as number;
        if (this.#points.bit(point, code >>> 1) !== (code & 1)) continue;
        this.#flipped[found++] = code >>> 1;
        sum += terms[code] as number;
      }
      if (k > this.#deepest) this.#deepest = k;
      if (found === radius) return sum;
      this.#listFrom(0);
    }
  }

  /** Keeps the list of the next round as short as the walks of this one allow. */
  #shorten(): void {
    const last = this.#deepest + this.#radius;
    this.#floor = last < this.#listed ? 0.97 * (this.#terms[this.#list[last] as number] as number) : 0;
    this.#deepest = 0;
  }
}
