import type { Device } from '@agop/core';
import type { Runtime } from './runtime.ts';

const vectors: Readonly<Record<Runtime['simd'], string>> = {
  'relaxed-256': 'relaxed SIMD fused to 256 bits',
  'relaxed-128': 'relaxed SIMD of 128 bits',
  'baseline-256': 'baseline SIMD fused to 256 bits',
  'baseline-128': 'baseline SIMD of 128 bits',
};

/** What the engine runs on: threads, SIMD level, kind of memory. */
export function describeDevice(runtime: Runtime): Device {
  const { threads, simd, shared, heap } = runtime;
  const count = threads === 1 ? '1 thread' : `${threads} threads`;
  return {
    engine: 'wasm',
    description: `WebAssembly, ${count}, ${vectors[simd]}`,
    details: { threads, simd, sharedMemory: shared, maximumBytes: heap.maximumBytes },
  };
}
