import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend, FloatDType } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';

/** An engine that the numerical tests run on. */
export interface EngineUnderTest {
  readonly name: string;
  readonly dtypes: readonly FloatDType[];
  readonly create: () => Promise<Backend>;
}

/** The naive engine is slow: in float32 the conformance suite has to do. */
export const engines: readonly EngineUnderTest[] = [
  ...[1, 2, 3].map(
    (threads): EngineUnderTest => ({
      name: `wasm with ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      dtypes: ['float64', 'float32'],
      create: () => createCpuBackend({ threads }),
    }),
  ),
  { name: 'naive', dtypes: ['float64'], create: async () => createNaiveBackend() },
];
