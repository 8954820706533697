import { eigh as eighOnHost } from '@agop/core/host';
import { read, write } from './make.ts';
import type { Boxed, Runtime } from './runtime.ts';

/** Eigenvalues and eigenvectors, by the host in float64: tfjs has no eigensolver. Time O(n³) in plain TypeScript. */
export async function eigh(runtime: Runtime, a: Boxed, values: Boxed, vectors: Boxed): Promise<void> {
  const n = a.rows;
  const decomposition = eighOnHost(await read(runtime, a.buffer, n * n, a.dtype), n);
  write(runtime, values.buffer, decomposition.values);
  write(runtime, vectors.buffer, decomposition.vectors);
}
