import { type Dense, eigh as eighOnHost } from '@agop/core/host';
import { read, write } from './make.ts';
import type { Boxed, Runtime } from './runtime.ts';

/** Eigenvalues and eigenvectors, by the host in float64: tfjs has no eigensolver. Time O(n³) in plain TypeScript. */
export async function eigh(runtime: Runtime, a: Boxed, values: Boxed, vectors: Boxed): Promise<void> {
  const n = a.rows;
  const host = (rows: number): Dense => ({
    buffer: new Float64Array(rows * n),
    dtype: 'float64',
    rows,
    columns: n,
  });
  const source = host(n);
  source.buffer.set(await read(runtime, a.buffer, n * n, a.dtype));
  const [hostValues, hostVectors] = [host(1), host(n)];
  eighOnHost(source, hostValues, hostVectors);
  write(runtime, values.buffer, hostValues.buffer);
  write(runtime, vectors.buffer, hostVectors.buffer);
}
