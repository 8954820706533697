import type { Device } from '@agop/core';
import { isFusionAskedFor } from './revectorization.ts';
import type { Runtime } from './runtime.ts';

/** How far vectors reach: 128 bits, or fused to 256; with fused multiply-add (relaxed) or without. */
export type SimdWidth = `${'relaxed' | 'baseline'}-${256 | 128}`;

/**
 * What the engine runs on: threads and why there are not more, SIMD level, kind of memory. The SIMD width may
 * become known after the start only.
 */
export function describeDevice({ threads, fewer, level, tiles, shared, heap }: Runtime): Device {
  const count = threads === 1 ? '1 thread' : `${threads} threads`;
  const note = fewer === undefined ? '' : `; no more threads: ${fewer}`;
  // Faster wide tiles alone prove nothing: without fused multiply-add they are faster unfused.
  const isFused = (): boolean => level === 'relaxed' && tiles.wide && isFusionAskedFor();
  return {
    engine: 'wasm',
    get description() {
      const vectors = isFused() ? 'fused to 256 bits' : 'of 128 bits';
      return `WebAssembly, ${count}, ${level} SIMD ${vectors}${note}`;
    },
    memory: { space: 'host', limit: heap.maximumBytes },
    get details() {
      const simd: SimdWidth = `${level}-${isFused() ? 256 : 128}`;
      const facts = { threads, simd, sharedMemory: shared, maximumBytes: heap.maximumBytes };
      return fewer === undefined ? facts : { ...facts, noMoreThreads: fewer };
    },
  };
}
