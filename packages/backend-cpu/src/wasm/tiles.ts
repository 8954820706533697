import type { Heap } from './heap.ts';
import type { Kernels } from './kernels.ts';
import { Part } from './kernels.ts';
import { WIDE_TILES } from './layout.ts';

/** Order of the products that are timed: some microseconds each when compiled well. */
const N = 96;
/** Longest time that is spent, in milliseconds: until the optimising compiler has been. */
const PATIENCE = 60;
/** How much faster wide tiles must be: fused they are nearly twice as fast, else slower. */
const CLEARLY = 1.25;
/** Rounds after which the fastest times are compared, once times have stopped to fall. */
const STEADY = 40;

/**
 * Finds out whether this engine fuses 128-bit operations to 256 bits, by timing both tile shapes: the wide one is faster if it does, and much
 * slower if it does not, because its accumulators do not fit the registers. Leaves the choice in memory, where all
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
  const best = { wide: Number.POSITIVE_INFINITY, narrow: Number.POSITIVE_INFINITY };
  const begin = performance.now();
  let rounds = 0;
  let first = 0;
  while (performance.now() - begin < PATIENCE) {
    best.wide = Math.min(best.wide, time(true));
    best.narrow = Math.min(best.narrow, time(false));
    if (rounds++ === 0) first = best.wide + best.narrow;
    // Compiled well: several times faster than at first.
    if (rounds >= STEADY && best.wide + best.narrow < first / 4) break;
    // Give the compiler's threads a turn.
    if (rounds % 16 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  heap.free(a);
  heap.free(c);
  const wide = best.wide * CLEARLY < best.narrow;
  choose(wide);
  return wide;
}
