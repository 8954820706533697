import type { Backend, FloatDType } from '@agop/core';
import { createCpuBackend as createOwn } from '../../../packages/backend-cpu/src/create.ts';
import { installedLibraries } from '../../../packages/backend-cpu/test/native/libraries.ts';

// Stands in for @agop/test-support/engines and for @agop/backend-cpu, so that the parity tests of the
// algorithm packages run with a library.

/** The libraries that are installed; AGOP_BLAS picks those whose title has this text. */
export const libraries = installedLibraries()
  .flatMap(({ blas }) => (blas ? [blas] : []))
  .filter(({ title }) => title.includes(process.env['AGOP_BLAS'] ?? ''));

export const precisions: readonly FloatDType[] = ['float64', 'float32'];

/**
 * The reference library adds products one after the other. In float32 `deep_rfm_gaussian` then is off by
 * 1.5e-4 in one number of nc2, where 7e-5 is allowed: its parity is that of float64.
 */
export const isExact = (title: string): boolean => !title.includes('unknown');

export const enginesWith = () =>
  libraries.map(({ title, file }) => ({
    name: `wasm with ${title}`,
    dtypes: isExact(title) ? precisions : (['float64'] as const),
    create: (): Promise<Backend> => createOwn({ threads: 2, blas: file }),
  }));

export async function createCpuBackend(): Promise<Backend> {
  const [first] = libraries;
  if (!first) throw new Error('No BLAS is installed.');
  return createOwn({ threads: 2, blas: first.file });
}
