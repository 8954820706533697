import type { Device } from '@agop/core';
import type { Runtime } from './runtime.ts';

/** How far vectors reach: 128 bits, or fused to 256; with fused multiply-add (relaxed) or without. */
export type SimdWidth = `${'relaxed' | 'baseline'}-${256 | 128}`;

/**
 * What the engine runs on: threads, SIMD level, kind of memory. The SIMD width may become known after the
 * start only.
 */
export function describeDevice({ threads, level, tiles, shared, heap }: Runtime): Device {
  const count = threads === 1 ? '1 thread' : `${threads} threads`;
  return {
    engine: 'wasm',
    get description() {
      const vectors = tiles.wide ? 'fused to 256 bits' : 'of 128 bits';
      return `WebAssembly, ${count}, ${level} SIMD ${vectors}`;
    },
    memory: { space: 'host', limit: heap.maximumBytes },
    get details() {
      const simd: SimdWidth = `${level}-${tiles.wide ? 256 : 128}`;
      return { threads, simd, sharedMemory: shared, maximumBytes: heap.maximumBytes };
    },
  };
}
