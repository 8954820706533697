import type { Backend, FloatDType } from '@agop/core';
import { createWebGpuBackend } from '../../../packages/backend-webgpu/src/index.ts';

// Stands in for @agop/test-support/engines and for @agop/backend-cpu, so that the parity tests of the
// algorithm packages run on WebGPU.

export const precisions: readonly FloatDType[] = ['float32'];

export const enginesWith = () => [
  { name: 'webgpu', dtypes: precisions, create: (): Promise<Backend> => createWebGpuBackend() },
];

export const createCpuBackend = (): Promise<Backend> => createWebGpuBackend();
