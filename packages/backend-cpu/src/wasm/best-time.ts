/** How near to the best time a trial must come to confirm it. */
const NEAR = 1.25;

/**
 * The best of many short trials. On a busy machine single trials are worth nothing, but the best one is, once
 * others have come near it: what slows trials down differs from one to the next.
 */
export class BestTime {
  #best = Number.POSITIVE_INFINITY;
  #confirmations = 0;

  get best(): number {
    return this.#best;
  }

  /** Trials that came near the best one, itself included. A much better one makes the count start anew. */
  get confirmations(): number {
    return this.#confirmations;
  }

  add(time: number): void {
    if (time * NEAR < this.#best) this.#confirmations = 0;
    this.#best = Math.min(this.#best, time);
    if (time <= this.#best * NEAR) this.#confirmations += 1;
  }
}
