import type { Device } from '@agop/core';
import { isFusionAskedFor } from './revectorization.ts';
import type { Runtime } from './runtime.ts';

/** How far vectors reach: 128 bits, or fused to 256; with fused multiply-add (relaxed) or without. */
export type SimdWidth = `${'relaxed' | 'baseline'}-${256 | 128}`;

/** The library that large products are handed to, or why there is none where one was looked for. */
export type BlasInUse =
  | { readonly title: string; readonly file: string; readonly threads: number | undefined }
  | { readonly reason: string };

/**
 * What the engine runs on: threads and why there are not more, SIMD level, kind of memory, a library that
 * takes part. The SIMD width may become known after the start only.
 */
export function describeDevice(
  { threads, fewer, level, tiles, shared, heap }: Runtime,
  blas?: BlasInUse,
): Device {
  const library =
    blas && 'title' in blas
      ? `; large products by ${blas.title}, ${blas.threads === undefined ? 'threads of its own' : threadsOf(blas.threads)}`
      : '';
  const note = fewer === undefined ? '' : `; no more threads: ${fewer}`;
  // Faster wide tiles alone prove nothing: without fused multiply-add they are faster unfused.
  const isFused = (): boolean => level === 'relaxed' && tiles.wide && isFusionAskedFor();
  return {
    engine: 'wasm',
    get description() {
      const vectors = isFused() ? 'fused to 256 bits' : 'of 128 bits';
      return `WebAssembly, ${threadsOf(threads)}, ${level} SIMD ${vectors}${library}${note}`;
    },
    memory: { space: 'host', limit: heap.capacity },
    get details() {
      const simd: SimdWidth = `${level}-${isFused() ? 256 : 128}`;
      return {
        threads,
        simd,
        sharedMemory: shared,
        maximumBytes: heap.maximumBytes,
        ...(fewer !== undefined && { noMoreThreads: fewer }),
        ...blasFacts(blas),
      };
    },
  };
}

function blasFacts(blas: BlasInUse | undefined): Record<string, string> {
  if (!blas) return { blas: 'none' };
  return 'title' in blas ? { blas: blas.title, blasFile: blas.file } : { blas: 'none', noBlas: blas.reason };
}

function threadsOf(count: number): string {
  return count === 1 ? '1 thread' : `${count} threads`;
}
