import type { Device } from '@agop/core';
import { bind, type Engine } from '@agop/core/engine';
import { wasmEngine } from '../wasm/engine.ts';
import type { NativeContext } from './context.ts';
import { cholesky, eigh, solveTriangular } from './decompositions.ts';
import { gram, matmul, matmulBatches, pairwise } from './products.ts';

/** The WebAssembly engine whose large products and decompositions are those of a library. */
export function nativeEngine(context: NativeContext, device: Device): Engine<number> {
  const kernels = { matmul, matmulBatches, gram, pairwise, cholesky, solveTriangular, eigh };
  return { ...wasmEngine(context.runtime, device), ...bind(context, kernels) };
}
