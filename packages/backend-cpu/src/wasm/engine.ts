import type { Device } from '@agop/core';
import { bind, type Engine } from '@agop/core/engine';
import { cholesky, eigh, solveTriangular } from './decompositions.ts';
import { map, pairwise } from './elementwise.ts';
import { allocate, free, read, write } from './memory.ts';
import { powerDistanceGradients, powerDistances } from './power-distances.ts';
import { gram, matmul, matmulBatches } from './products.ts';
import {
  cast,
  copyRows,
  diagonal,
  fill,
  gather,
  identity,
  patches,
  place,
  transpose,
  windowSums,
} from './rearrangement.ts';
import { arcCosineRecursion } from './recursion.ts';
import { argmax, mean, norm, reduce } from './reductions.ts';
import type { Runtime } from './runtime.ts';
import { sparseGradients, sparsePairwise } from './sparse.ts';

/** The WebAssembly engine: every operation is a call of a kernel on addresses of one memory. */
export function wasmEngine(runtime: Runtime, device: Device): Engine<number> {
  const kernels = bind(runtime, {
    allocate,
    free,
    write,
    read,

    fill,
    identity,

    copyRows,
    cast,
    transpose,
    gather,
    place,
    diagonal,
    patches,

    matmul,
    matmulBatches,
    gram,
    cholesky,
    solveTriangular,
    eigh,

    map,

    reduce,
    mean,
    norm,
    argmax,

    pairwise,
    powerDistances,
    powerDistanceGradients,
    windowSums,
  });
  return {
    name: 'wasm',
    device,
    dtypes: ['float32', 'float64'],
    preferredDType: 'float32',
    close: () => runtime.close(),
    allocated: () => runtime.heap.usedBytes,
    ...kernels,
    extensions: bind(runtime, { arcCosineRecursion, sparseGradients, sparsePairwise }),
  };
}
