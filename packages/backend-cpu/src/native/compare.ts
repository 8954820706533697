import { BestTime } from '../wasm/best-time.ts';
import { HELPERS, Part } from '../wasm/layout.ts';
import { elements } from '../wasm/memory.ts';
import type { Runtime } from '../wasm/runtime.ts';
import type { NativeBlas } from './blas.ts';

/** Order of the products that are timed: a tenth to half a millisecond. */
const N = 192;
/** Trials that must have come near the best one, of each. */
const CONFIRMATIONS = 12;
/** Longest time that is spent, in milliseconds; some 20 are usual. */
const PATIENCE = 1000;
/**
 * How much faster the library must be. Where V8 fuses vectors to 256 bits and the processor gains nothing
 * from 512, both are as fast within a tenth; else the library is nearly twice as fast. The line is drawn
 * between the two, far from both.
 */
const CLEARLY = 1.4;

/**
 * Whether a library multiplies clearly faster than the engine, on one thread: by the best of interleaved
 * products in float32. A machine that is too busy to tell keeps the engine.
 */
export async function isClearlyFaster(runtime: Runtime, blas: NativeBlas): Promise<boolean> {
  const { heap, kernels, tiles } = runtime;
  const bytes = N * N * 4;
  const [a, c] = [heap.allocate(bytes), heap.allocate(bytes)];
  const helpers = (): Int32Array => new Int32Array(heap.memory.buffer, HELPERS, 1);
  const [own, native] = [new BestTime(), new BestTime()];
  elements(runtime, a, N * N, 'float32').fill(1);
  const view = (address: number) => ({ view: elements(runtime, address, N * N, 'float32'), stride: N });
  const time = (run: () => void): number => {
    const start = performance.now();
    run();
    return performance.now() - start;
  };
  const running = helpers()[0] as number;
  const end = performance.now() + PATIENCE;
  try {
    blas.useThreads?.(1);
    while (!tiles.settled || Math.min(own.confirmations, native.confirmations) < CONFIRMATIONS) {
      if (performance.now() > end) return false;
      // The compiler's threads may need this one's core.
      await new Promise((resolve) => setTimeout(resolve, 1));
      helpers()[0] = 0;
      if (!tiles.settled) tiles.sample(CONFIRMATIONS);
      for (let round = 0; round < CONFIRMATIONS; round++) {
        own.add(time(() => kernels.float32.gemm(N, N, N, 1, a, N, 1, a, N, 1, 0, c, N, Part.full, 0)));
        const sizes = { m: N, n: N, k: N };
        native.add(
          time(() => blas.functions.float32.gemm(false, false, sizes, 1, view(a), view(a), 0, view(c))),
        );
      }
      helpers()[0] = running;
    }
    return native.best * CLEARLY < own.best;
  } finally {
    helpers()[0] = running;
    heap.free(a);
    heap.free(c);
  }
}
