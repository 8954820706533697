import type { Backend, FloatDType } from '@agop/core';
import { createCpuBackend as createOwn } from '../../../packages/backend-cpu/src/index.ts';
import { installedLibraries } from '../../../packages/backend-cpu/test/native/libraries.ts';

// Stands in for @agop/test-support/engines and for @agop/backend-cpu, so that the parity tests of the
// algorithm packages run with a library.

/** The libraries that are installed; AGOP_BLAS picks those whose title has this text. */
export const libraries = installedLibraries()
  .flatMap(({ blas }) => (blas ? [blas] : []))
  .filter(({ title }) => title.includes(process.env['AGOP_BLAS'] ?? ''));

export const precisions: readonly FloatDType[] = ['float64', 'float32'];

export const enginesWith = () =>
  libraries.map(({ title, file }) => ({
    name: `wasm with ${title}`,
    dtypes: precisions,
    create: (): Promise<Backend> => createOwn({ threads: 2, blas: file }),
  }));

export async function createCpuBackend(): Promise<Backend> {
  const [first] = libraries;
  if (!first) throw new Error('No BLAS is installed.');
  return createOwn({ threads: 2, blas: first.file });
}
