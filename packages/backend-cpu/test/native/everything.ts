import { createBackend, type Engine } from '@agop/core/engine';
import type { NativeBlas } from '../../src/native/blas.ts';
import type { Crossovers } from '../../src/native/context.ts';
import { nativeEngine } from '../../src/native/engine.ts';
import { describeDevice } from '../../src/wasm/device.ts';
import { startRuntime } from '../../src/wasm/runtime.ts';

/** All sizes go to the library, which production keeps for large ones. */
const everything: Crossovers = {
  product: 1,
  width: 1,
  columns: 1,
  gram: { rows: 1, longRows: 1 },
  pairwise: 1,
  cholesky: 1,
  triangular: { order: 1, columns: 1 },
  eigh: 1,
};

/** An engine that asks a library for all that it can do. */
export async function engineOf(blas: NativeBlas, threads: number): Promise<Engine<number>> {
  const runtime = await startRuntime({ threads });
  return nativeEngine({ runtime, blas, from: everything }, describeDevice(runtime));
}

export async function backendOf(blas: NativeBlas, threads: number) {
  return createBackend(await engineOf(blas, threads));
}
