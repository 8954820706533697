import { bytesPerElement } from '@agop/core';
import { bind, type Engine } from '@agop/core/engine';
import { cholesky } from './cholesky.ts';
import { eigh } from './eigen.ts';
import { map } from './elementwise.ts';
import { patches, powerDistanceGradients, powerDistances, windowSums } from './geometry.ts';
import { fill, identity, random } from './make.ts';
import { pairwise } from './pairwise.ts';
import { gram, matmul, matmulBatches } from './products.ts';
import { cast, copyRows, diagonal, gather, place, transpose } from './rearrangement.ts';
import { argmax, mean, norm, reduce } from './reductions.ts';
import type { Runtime } from './runtime.ts';
import { solveTriangular } from './triangular.ts';

/** From here on float64 is so slow on a device that float32 is the better default. */
const slowDouble = 4;

/** The CUDA engine: each kernel is a function of the runtime. A buffer is an address on the device. */
export function cudaEngine(runtime: Runtime): Engine<number> {
  const { singleToDoubleRatio } = runtime.context.facts;
  return {
    name: 'cuda',
    device: runtime.device,
    dtypes: ['float32', 'float64'],
    preferredDType: singleToDoubleRatio <= slowDouble ? 'float64' : 'float32',

    allocate: (size, dtype) => runtime.allocate(size * bytesPerElement(dtype)),
    free: (buffer) => runtime.free(buffer),
    write: (buffer, data, dtype) => runtime.upload(buffer, data, dtype),
    read: (buffer, size, dtype) => runtime.download(buffer, size, dtype),
    close: () => runtime.close(),
    allocated: () => runtime.pool.usedBytes,

    ...bind(runtime, {
      fill,
      identity,
      random,

      copyRows,
      cast,
      gather,
      transpose,
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
    }),
  };
}
