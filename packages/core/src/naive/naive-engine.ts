import type { TypedArray } from '../dtype.ts';
import type { Engine } from '../engine/engine.ts';
import { cholesky, solveTriangular } from '../host/cholesky.ts';
import { eigh } from '../host/eigen.ts';
import { map } from './elementwise.ts';
import { pairwise, patches, powerDistanceGradients, powerDistances, windowSums } from './geometry.ts';
import { allocate, fill, identity, random, read, write } from './memory.ts';
import { gram, matmul, matmulBatches } from './products.ts';
import { cast, copyRows, diagonal, gather, place, transpose } from './rearrangement.ts';
import { argmax, reduce } from './reductions.ts';

/** The contract in plain TypeScript: each kernel as its definition reads, in float64, one element at a time. */
export const naiveEngine: Engine<TypedArray> = {
  name: 'naive',
  device: {
    engine: 'naive',
    description: 'plain TypeScript, 1 thread',
    memory: { space: 'host' },
    details: { threads: 1 },
  },
  dtypes: ['float64', 'float32'],
  preferredDType: 'float64',

  allocate,
  free: () => {}, // The garbage collector does it.
  write,
  read,
  close: () => {},

  fill,
  identity,
  random,

  copyRows,
  cast,
  transpose,
  gather,
  place,
  diagonal,

  matmul,
  matmulBatches,
  gram,
  cholesky: async (a, ridge) => cholesky(a, ridge),
  solveTriangular,
  async eigh(a, values, vectors) {
    const decomposition = eigh(a.buffer, a.rows);
    values.buffer.set(decomposition.values);
    vectors.buffer.set(decomposition.vectors);
  },

  map,

  reduce,
  argmax,

  pairwise,
  powerDistances,
  powerDistanceGradients,
  patches,
  windowSums,
};
