import type { RandomKey } from './distributions.ts';

/**
 * What the packages of agop draw from a seed, and the first stream of each. These numbers never change:
 * results depend on them. A new purpose begins at a power of two of its own.
 */
const firstStreams = {
  /** Rows that an AGOP averages over, by iteration. */
  'agop-subset': 0,
  /** Weights of a layer's random features, by 16 times the layer (from 1) plus the part. */
  'layer-weights': 0,
  /** Rows of a table that is larger than asked for. */
  'row-sample': 1,
  /** Centers that further points are compared with. */
  'nearest-centers': 2 ** 31,
  /** Rows held out for validation. */
  'hold-out': 2 ** 32,
  /** Filters of convolutional feature layers, by layer. */
  'patch-filters': 2 ** 33,
  /** Images of a larger set: 0 for training, 1 for testing. */
  'image-sample': 2 ** 34,
  /** Images that are shown. */
  'shown-images': 2 ** 35,
  /** Rows whose columns are permuted to measure their importance, by repeat and group. */
  permutation: 2 ** 36,
  /** Points whose median distance is measured, by iteration. */
  'median-distance': 2 ** 37,
  /** Rows and directions of the splits of trees, by tree and node. */
  'tree-split': 2 ** 38,
  /** Held-out rows of the leaves of trees, by tree and leaf. */
  'tree-leaf': 2 ** 39,
  /** Rows of the folds by which candidates are judged. */
  'fold-rows': 2 ** 40,
  /** Candidates that are drawn from a space, by trial. */
  candidates: 2 ** 41,
  /** Tests of a tree over bits, by tree. */
  'bit-tests': 2 ** 44,
  /** Hyperplanes that make bits of numbers: 0 for their normals, 1 for their thresholds. */
  hyperplanes: 2 ** 45,
  /** Bits of queries that are wrong. */
  'wrong-bits': 2 ** 46,
  /** Noise of samples that are made. */
  'sample-noise': 2 ** 47,
  /** Matrices that are made, and which of their entries are known. */
  'made-matrix': 2 ** 48,
  /** Rows of each fold of a cross-validation. */
  folds: 2 ** 49,
  /** Weights of networks before training: twice the layer (from 0), plus 1 for its biases. */
  'network-weights': 2 ** 52,
  /** Order of the rows of an epoch, by epoch. */
  'batch-order': 2 ** 42,
  /** Rotations and weights that layers of networks are compared with, by draw. */
  'ansatz-control': 2 ** 50,
  /** Directions of a network's outputs, by pass. */
  'output-directions': 2 ** 51,
  /** Rows of a kernel matrix that stand for it, by round. */
  landmarks: 2 ** 43,
} as const;

/** What random numbers are for; see {@link subkey}. */
export type RandomPurpose = keyof typeof firstStreams;

/**
 * The key of a seed's random numbers for one purpose, and one index of it: seeds stay one number for the
 * user, and nobody has to count streams.
 *
 * @param index from 0: which iteration, layer or part
 */
export function subkey(seed: number, purpose: RandomPurpose, index = 0): RandomKey {
  return { seed, stream: firstStreams[purpose] + index };
}
