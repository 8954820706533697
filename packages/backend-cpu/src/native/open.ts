import { OptionError, UnavailableError } from '@agop/core';
import type { Engine } from '@agop/core/engine';
import { type BlasInUse, describeDevice } from '../wasm/device.ts';
import { wasmEngine } from '../wasm/engine.ts';
import { isFusionAskedFor } from '../wasm/revectorization.ts';
import type { Runtime } from '../wasm/runtime.ts';
import type { NativeBlas } from './blas.ts';
import { isClearlyFaster } from './compare.ts';
import type { Crossovers } from './context.ts';
import { nativeEngine } from './engine.ts';
import { findBlas, loadBlas } from './load.ts';

/** Measured with OpenBLAS on x86-64 where this engine has vectors of 128 bits. */
const crossovers: Crossovers = {
  product: 2 ** 17,
  width: 20,
  columns: 20,
  gram: { rows: 20, longRows: 20 },
  pairwise: 128,
  cholesky: 512,
  triangular: { order: 256, columns: 16 },
  eigh: 1024,
};

/**
 * Where they are fused to 256 bits, the engine is as fast or faster on more of what is small or narrow: on
 * all that it multiplies as it lies (assembly/narrow.ts) or cuts along its sums (assembly/long-rows.ts).
 */
const crossoversWhereFused: Crossovers = {
  ...crossovers,
  width: 64,
  columns: 257,
  gram: { rows: 64, longRows: 193 },
  cholesky: 2048,
};

/** A library that takes part, or why none does. */
type Opened = { readonly blas: NativeBlas } | { readonly reason: string };

/**
 * The engine with the library that an option asks for, or without one.
 *
 * @param choice 'auto', or the path or name of a library
 * @throws {OptionError} for an empty path
 * @throws {UnavailableError} where the library of a path does not load
 */
export async function engineWithBlas(runtime: Runtime, choice: string): Promise<Engine<number>> {
  const opened = await open(runtime, choice);
  if ('reason' in opened) return wasmEngine(runtime, describeDevice(runtime, opened));
  const { blas } = opened;
  // Not by what is measured: the same work shall give the same bits in the next process.
  const from = runtime.level === 'relaxed' && isFusionAskedFor() ? crossoversWhereFused : crossovers;
  return nativeEngine({ runtime, blas, from }, describeDevice(runtime, inUse(runtime, blas)));
}

async function open(runtime: Runtime, choice: string): Promise<Opened> {
  if (choice === '') throw new OptionError('blas', { requirement: 'not be empty', received: choice });
  if (choice !== 'auto') return { blas: loadBlas(choice) };
  try {
    const blas = findBlas();
    if (await isClearlyFaster(runtime, blas)) return { blas };
    return { reason: `${blas.title} is not clearly faster than WebAssembly here` };
  } catch (error) {
    if (!UnavailableError.isInstance(error)) throw error;
    return { reason: error.message };
  }
}

function inUse(runtime: Runtime, { title, file, useThreads }: NativeBlas): BlasInUse {
  return { title, file, threads: useThreads && runtime.threads };
}
