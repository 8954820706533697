import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend, FloatDType } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';

/** An engine that the numerical tests run on. */
export interface EngineUnderTest {
  readonly name: string;
  readonly create: () => Promise<Backend>;
}

export const engines: readonly EngineUnderTest[] = [
  { name: 'wasm', create: () => createCpuBackend({ threads: 2 }) },
  { name: 'naive', create: async () => createNaiveBackend() },
];

export const precisions: readonly FloatDType[] = ['float64', 'float32'];
