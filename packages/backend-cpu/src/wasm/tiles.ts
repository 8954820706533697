import type { Kernels } from '../generated/kernels.ts';
import type { Heap } from './heap.ts';
import { Part, WIDE_TILES } from './layout.ts';

/** Order of the products that are timed: some 25 microseconds each when compiled well. */
const N = 96;
/** Calls that are timed before the optimising compiler can have been there. */
const FIRST = 3;
/** How much faster optimised code is, at least. */
const OPTIMISED = 4;
/** Calls of optimised code whose best times are compared. */
const ENOUGH = 20;
/** How much faster wide tiles must be: fused they are nearly twice as fast, else slower. */
const CLEARLY = 1.2;
/** Longest time that is spent at the start, in milliseconds; 10 to 30 are usual. */
const PATIENCE = 150;

/**
 * Chooses the faster of two tile shapes, by timing both. With relaxed SIMD the wide one is faster where this
 * engine fuses 128-bit operations to 256 bits, and slower where it does not, because its accumulators do not
 * fit the registers; with baseline SIMD it may be the faster one unfused. The choice is in memory, where all
 * threads see it. Results do not depend on it, to the bit.
 */
export class TileChoice {
  readonly #kernels: Kernels;
  readonly #heap: Heap;
  readonly #wide = new Timing();
  readonly #narrow = new Timing();

  constructor(kernels: Kernels, heap: Heap) {
    this.#kernels = kernels;
    this.#heap = heap;
  }

  /** True if the wide tiles are in use. */
  get wide(): boolean {
    return this.#word()[0] === 1;
  }

  /** False while the optimising compiler is not seen to be through; more samples are needed then. */
  get settled(): boolean {
    return this.#wide.settled && this.#narrow.settled;
  }

  /**
   * Samples until the choice is settled, or patience ends: on a busy machine the compiler may need longer.
   */
  async settle(): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (performance.now() < end && !this.settled) {
      this.sample(ENOUGH);
      // The compiler's threads may need this one's core.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Times some products with both tile shapes and chooses by what is known then. */
  sample(rounds: number): void {
    const bytes = N * N * 4;
    const a = this.#heap.allocate(bytes);
    const c = this.#heap.allocate(bytes);
    new Float32Array(this.#heap.memory.buffer, a, N * N).fill(1);
    const time = (wide: boolean): number => {
      this.#choose(wide);
      const start = performance.now();
      this.#kernels.float32.gemm(N, N, N, 1, a, N, 1, a, N, 1, 0, c, N, Part.full, 0);
      return performance.now() - start;
    };
    for (let round = 0; round < rounds; round++) {
      this.#wide.add(time(true));
      this.#narrow.add(time(false));
    }
    this.#heap.free(a);
    this.#heap.free(c);
    this.#choose(this.#wide.best * CLEARLY < this.#narrow.best);
  }

  #choose(wide: boolean): void {
    this.#word()[0] = wide ? 1 : 0;
  }

  #word(): Int32Array {
    return new Int32Array(this.#heap.memory.buffer, WIDE_TILES, 1);
  }
}

/** Times of one tile shape. */
class Timing {
  best = Number.POSITIVE_INFINITY;
  #calls = 0;
  #optimisedCalls = 0;
  /** Best time of the first calls, without that of the very first, which compiles. */
  #slow = Number.POSITIVE_INFINITY;

  /** True once optimised code has been timed often enough. */
  get settled(): boolean {
    return this.#optimisedCalls >= ENOUGH;
  }

  add(time: number): void {
    this.#calls += 1;
    if (this.#calls === 1) return;
    if (this.#calls <= FIRST) this.#slow = Math.min(this.#slow, time);
    this.best = Math.min(this.best, time);
    if (time * OPTIMISED < this.#slow) this.#optimisedCalls += 1;
  }
}
