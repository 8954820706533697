import type { Backend } from '@agop/core';
import { createBackend } from '@agop/core/engine';
import { engineOf } from '../../../packages/backend-cpu/test/native/everything.ts';
import { libraries } from './engines.ts';

// Stands in for @agop/backend-cpu: a library does all that it can do, however small the matrix.

export async function createCpuBackend({
  threads = 2,
}: {
  readonly threads?: number;
} = {}): Promise<Backend> {
  const [first] = libraries;
  if (!first) throw new Error('No BLAS is installed.');
  return createBackend(await engineOf(first, threads));
}
