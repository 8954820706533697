import { type RandomKey, randomArray } from '@agop/core';

/** Uniform numbers of a key, one after the other. */
export class Draws {
  readonly #key: RandomKey;
  #numbers: Float64Array = new Float64Array(0);
  #used: number;

  /** @param used how many have been drawn already */
  constructor(key: RandomKey, used = 0) {
    this.#key = key;
    this.#used = used;
  }

  /** How many have been drawn. */
  get used(): number {
    return this.#used;
  }

  /** The next number in [0, 1). */
  next(): number {
    if (this.#used >= this.#numbers.length) {
      // Numbers come from the beginning of their stream, so twice as many at a time.
      this.#numbers = randomArray(Math.max(256, 2 * this.#used), 'uniform', this.#key, 'float64');
    }
    return this.#numbers[this.#used++] as number;
  }
}

/** The first index whose cumulative weight exceeds a number in [0, 1). */
export function drawIndex(weights: Float64Array, uniform: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number;
    if (weight === 0) continue;
    sum += weight;
    last = i;
    if (sum > uniform) return i;
  }
  return last;
}
