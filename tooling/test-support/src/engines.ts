import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend, FloatDType } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';

/** An engine that numerical tests run on. */
export interface EngineUnderTest {
  readonly name: string;
  /** Precisions that are worth a test: in float32 the naive engine is left to the conformance suite. */
  readonly dtypes: readonly FloatDType[];
  readonly create: () => Promise<Backend>;
}

export const precisions: readonly FloatDType[] = ['float64', 'float32'];

/** The WebAssembly engine, once for each number of threads, then the naive one. */
export function enginesWith(...threads: readonly number[]): EngineUnderTest[] {
  return [
    ...threads.map((count) => ({
      name: `wasm with ${count} ${count === 1 ? 'thread' : 'threads'}`,
      dtypes: precisions,
      create: () => createCpuBackend({ threads: count }),
    })),
    { name: 'naive', dtypes: ['float64'], create: async () => createNaiveBackend() },
  ];
}
