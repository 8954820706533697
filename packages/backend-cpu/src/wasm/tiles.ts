import type { Heap } from './heap.ts';
import type { Kernels } from './kernels.ts';
import { Part } from './kernels.ts';
import { WIDE_TILES } from './layout.ts';

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
/** Longest time to wait for the optimising compiler, in milliseconds; 10 to 20 are usual. */
const PATIENCE = 500;

/**
 * Finds out whether this engine fuses 128-bit operations to 256 bits, by timing both tile shapes: the wide one is nearly twice as fast if it
 * does, and slower if it does not, because its accumulators do not fit the registers. Leaves the choice in memory, where all
 * threads see it, and returns it. Results do not depend on it, to the bit.
 */
export async function chooseTiles(kernels: Kernels, heap: Heap): Promise<boolean> {
  const bytes = N * N * 4;
  const a = heap.allocate(bytes);
  const c = heap.allocate(bytes);
  new Float32Array(heap.memory.buffer, a, N * N).fill(1);
  const choose = (wide: boolean): void => {
    new Int32Array(heap.memory.buffer)[WIDE_TILES / 4] = wide ? 1 : 0;
  };
  const time = (wide: boolean): number => {
    choose(wide);
    const start = performance.now();
    kernels.gemm_f32(N, N, N, 1, a, N, 1, a, N, 1, 0, c, N, Part.full, 0);
    return performance.now() - start;
  };
  const shapes = [new Timing(() => time(true)), new Timing(() => time(false))] as const;
  const end = performance.now() + PATIENCE;
  while (performance.now() < end && !shapes.every((shape) => shape.settled)) {
    for (let round = 0; round < ENOUGH; round++) for (const shape of shapes) shape.measure();
    // The compiler's threads may need this one's core.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  heap.free(a);
  heap.free(c);
  const [wide, narrow] = shapes;
  const isWide = wide.best * CLEARLY < narrow.best;
  choose(isWide);
  return isWide;
}

/** Times of one tile shape. */
class Timing {
  best = Number.POSITIVE_INFINITY;
  #calls = 0;
  #optimisedCalls = 0;
  /** Best time of the first calls, without that of the very first, which compiles. */
  #slow = Number.POSITIVE_INFINITY;
  readonly #run: () => number;

  constructor(run: () => number) {
    this.#run = run;
  }

  /** True once optimised code has been timed often enough. */
  get settled(): boolean {
    return this.#optimisedCalls >= ENOUGH;
  }

  measure(): void {
    const time = this.#run();
    this.#calls += 1;
    if (this.#calls === 1) return;
    if (this.#calls <= FIRST) this.#slow = Math.min(this.#slow, time);
    this.best = Math.min(this.best, time);
    if (time * OPTIMISED < this.#slow) this.#optimisedCalls += 1;
  }
}
