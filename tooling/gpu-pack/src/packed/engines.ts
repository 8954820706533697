import { createGpuBackend } from '@agop/backend-gpu';
import type { Backend, FloatDType } from '@agop/core';

// Stands in for @agop/test-support/engines and for @agop/backend-cpu: the parity tests run on the device.

export const precisions: readonly FloatDType[] = ['float64', 'float32'];

export const enginesWith = () => [
  { name: 'cuda', dtypes: precisions, create: (): Promise<Backend> => createGpuBackend({ engine: 'cuda' }) },
];

export function createCpuBackend(): Promise<Backend> {
  return createGpuBackend({ engine: 'cuda' });
}
