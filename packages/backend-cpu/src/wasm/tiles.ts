import type { FloatKernels } from '../generated/kernels.ts';
import { BestTime } from './best-time.ts';
import type { Heap } from './heap.ts';
import { HELPERS, Part, WIDE_TILES } from './layout.ts';

/** Order of the products that are timed: some 25 microseconds each when compiled well. */
const N = 96;
/** Trials of each shape that must have come near its best one. */
const CONFIRMATIONS = 20;
/** Longest time that is spent at the start, in milliseconds; 10 to 30 are usual. */
const PATIENCE = 150;
/** Large products from one look back at the choice to the next, at most. */
const SELDOM = 64;

/** What is timed. */
export interface TimedKernels {
  readonly float32: Pick<FloatKernels, 'gemm'>;
}

/**
 * Chooses the faster of two tile shapes, by the best of many short trials of each in turn. With relaxed SIMD
 * the wide one is faster where this engine fuses 128-bit operations to 256 bits, and slower where it does
 * not, because its accumulators do not fit the registers: 1.3 to 1.9 times as fast, or two thirds. With
 * baseline SIMD it may be the faster one unfused. Trials are on one thread: whether others are awake says
 * nothing about tiles. The choice is in memory, where all threads see it. Results do not depend on it, to the
 * bit.
 *
 * On a busy machine it may be made before the optimizing compiler is through. So it is looked at again with
 * the large products that follow, more and more rarely, and undone where later trials disagree.
 */
export class TileChoice {
  readonly #kernels: TimedKernels;
  readonly #heap: Heap;
  readonly #now: () => number;
  readonly #wide = new BestTime();
  readonly #narrow = new BestTime();
  /** Large products until the next look back, and from then to the one after. */
  #wait = 1;
  #pause = 1;

  /** @param now a clock, in milliseconds */
  constructor(kernels: TimedKernels, heap: Heap, now: () => number = () => performance.now()) {
    this.#kernels = kernels;
    this.#heap = heap;
    this.#now = now;
  }

  /** True if the wide tiles are in use. */
  get wide(): boolean {
    return this.#word()[0] === 1;
  }

  /** Whether enough trials of each shape agree. */
  get settled(): boolean {
    return Math.min(this.#wide.confirmations, this.#narrow.confirmations) >= CONFIRMATIONS;
  }

  /** Samples until the choice is settled, or patience ends. */
  async settle(): Promise<void> {
    const end = this.#now() + PATIENCE;
    while (this.#now() < end && !this.settled) {
      this.sample(CONFIRMATIONS);
      // The compiler's threads may need this one's core.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** To be called before a large product: looks back at the choice where it is time. */
  review(): void {
    this.#wait -= 1;
    if (this.#wait > 0 && this.settled) return;
    this.sample(2);
    // A much better time than before makes it unsettled.
    this.#pause = this.settled ? Math.min(2 * this.#pause, SELDOM) : 1;
    this.#wait = this.#pause;
  }

  /** Times some products with both tile shapes and chooses by what is known then. */
  sample(rounds: number): void {
    const bytes = N * N * 4;
    const a = this.#heap.allocate(bytes);
    const c = this.#heap.allocate(bytes);
    new Float32Array(this.#heap.memory.buffer, a, N * N).fill(1);
    const time = (wide: boolean): number => {
      this.#choose(wide);
      const start = this.#now();
      this.#kernels.float32.gemm(N, N, N, 1, a, N, 1, a, N, 1, 0, c, N, Part.full, 0);
      return this.#now() - start;
    };
    const helpers = new Int32Array(this.#heap.memory.buffer, HELPERS, 1);
    const running = helpers[0] as number;
    helpers[0] = 0;
    for (let round = 0; round < rounds; round++) {
      this.#wide.add(time(true));
      this.#narrow.add(time(false));
    }
    helpers[0] = running;
    this.#heap.free(a);
    this.#heap.free(c);
    this.#choose(this.#wide.best < this.#narrow.best);
  }

  #choose(wide: boolean): void {
    this.#word()[0] = wide ? 1 : 0;
  }

  #word(): Int32Array {
    return new Int32Array(this.#heap.memory.buffer, WIDE_TILES, 1);
  }
}
