import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend, FloatDType } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';

/** An engine that the numerical tests run on. */
export interface EngineUnderTest {
  readonly name: string;
  readonly dtypes: readonly FloatDType[];
  readonly create: () => Promise<Backend>;
}

export const engines: readonly EngineUnderTest[] = [
  { name: 'naive', dtypes: ['float64'], create: async () => createNaiveBackend() },
  ...[1, 2].map(
    (threads): EngineUnderTest => ({
      name: `wasm with ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      dtypes: ['float64', 'float32'],
      create: () => createCpuBackend({ threads }),
    }),
  ),
];
