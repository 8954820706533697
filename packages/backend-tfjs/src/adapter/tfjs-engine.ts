import type { Device } from '@agop/core';
import { bind, type Engine } from '@agop/core/engine';
import { Box } from './box.ts';
import { cholesky } from './cholesky.ts';
import { map } from './elementwise.ts';
import { pairwise, patches, powerDistanceGradients, powerDistances, windowSums } from './geometry.ts';
import { fill, identity, read, write } from './make.ts';
import { gram, matmul, matmulBatches } from './products.ts';
import { cast, copyRows, gather, place, transpose } from './rearrangement.ts';
import { argmax, reduce } from './reductions.ts';
import type { Runtime } from './runtime.ts';
import { solveTriangular } from './triangular.ts';

/** The contract in tfjs operations on one runtime, float32; eigenvectors are left to the host. */
export function tfjsEngine(runtime: Runtime, device: Device): Engine<Box> {
  return {
    name: runtime.name,
    device,
    dtypes: ['float32'],
    preferredDType: 'float32',

    allocate(size, dtype) {
      const box = new Box(size, dtype);
      runtime.reserve(box);
      return box;
    },
    free: (box) => box.free(),
    close: () => {}, // The tfjs backend belongs to the program.
    allocated: () => runtime.tf.memory().numBytes, // Those of the program's tensors as well.

    ...bind(runtime, {
      write,
      read,

      fill,
      identity,

      copyRows,
      cast,
      transpose,
      gather,
      place,
      patches,

      matmul,
      matmulBatches,
      gram,
      cholesky,
      solveTriangular,

      map,

      reduce,
      argmax,

      pairwise,
      powerDistances,
      powerDistanceGradients,
      windowSums,
    }),
  };
}
