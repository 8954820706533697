import { bind, type Engine } from '@agop/core/engine';
import { cholesky } from './algebra/cholesky.ts';
import { solveTriangular } from './algebra/triangular.ts';
import type { Block } from './device/block.ts';
import { argmax } from './webgpu/argmax.ts';
import { map } from './webgpu/elementwise.ts';
import { fill, identity } from './webgpu/make.ts';
import { pairwise } from './webgpu/pairwise.ts';
import { powerDistanceGradients, powerDistances } from './webgpu/power-distances.ts';
import { gram, matmul, matmulBatches } from './webgpu/products.ts';
import { cast, copyRows, diagonal, gather, place, transpose } from './webgpu/rearrangement.ts';
import { mean, norm, reduce } from './webgpu/reductions.ts';
import type { Runtime } from './webgpu/runtime.ts';
import { patches, windowSums } from './webgpu/windows.ts';

/** The WebGPU engine: each kernel is a function of the runtime. */
export function webGpuEngine(runtime: Runtime): Engine<Block> {
  return {
    name: 'webgpu',
    device: runtime.device,
    dtypes: ['float32'],
    preferredDType: 'float32',

    allocate: (size) => runtime.allocate(size),
    free: (block) => runtime.free(block),
    write: (block, data, dtype) => runtime.upload(block, data, dtype),
    read: (block, size, dtype) => runtime.download(block, size, dtype),
    close: () => runtime.close(),
    allocated: () => runtime.pool.usedBytes,

    ...bind(runtime, {
      fill,
      identity,

      copyRows,
      cast,
      gather,
      place,
      transpose,
      diagonal,
      patches,

      matmul,
      matmulBatches,
      gram,

      cholesky,
      solveTriangular,

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
