import type { Backend, FloatDType } from '@agop/core';
import { emulatedBackend } from '../emulator/backend.ts';
import { buildEmulator } from '../emulator/build.ts';

const { folder = '' } = buildEmulator();
export const precisions: readonly FloatDType[] = ['float64', 'float32'];
export const engines = [
  { name: 'emulated CUDA', dtypes: precisions, create: (): Promise<Backend> => emulatedBackend(folder) },
];
export const createCpuBackend = (): Promise<Backend> => emulatedBackend(folder);
