import type { TypedArray } from '../dtype.ts';
import type { Engine, EssentialEngine } from '../engine/engine.ts';
import { cholesky, solveTriangular } from '../host/cholesky.ts';
import { eigh } from '../host/eigen.ts';
import { map } from './elementwise.ts';
import { pairwise, patches, powerDistanceGradients, powerDistances, windowSums } from './geometry.ts';
import { allocate, read, write } from './memory.ts';
import { gram, matmul, matmulBatches } from './products.ts';
import { cast, copyRows, diagonal, gather, place, transpose } from './rearrangement.ts';
import { argmax, mean, norm, reduce } from './reductions.ts';

/** The least that an engine needs, in plain TypeScript: in float64, one element at a time. */
export const naiveEssentials: EssentialEngine<TypedArray> = {
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

  copyRows,
  cast,
  gather,
  place,
  matmul,
  map,
  reduce,
};

/** The contract in plain TypeScript: each kernel as its definition reads. */
export const naiveEngine = {
  ...naiveEssentials,

  transpose,
  diagonal,
  patches,

  matmulBatches,
  gram,
  cholesky: async (a, ridge) => cholesky(a, ridge),
  solveTriangular,
  async eigh(a, values, vectors) {
    const decomposition = eigh(a.buffer, a.rows);
    values.buffer.set(decomposition.values);
    vectors.buffer.set(decomposition.vectors);
  },

  mean,
  norm,
  argmax,

  pairwise,
  powerDistances,
  powerDistanceGradients,
  windowSums,
} satisfies Engine<TypedArray>;
