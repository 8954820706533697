import { bytesPerElement, type FloatDType } from '@agop/core';
import { type AgopSizes, cheapestAgopMethod } from '../agop/cost.ts';
import {
  blockRows,
  cacheBlockRows,
  gradientBlockSizes,
  gradientRowsAtOnce,
} from '../kernel-matrix/row-blocks.ts';

/** What the memory of a Recursive Feature Machine depends on; the centers are the samples. */
export type RecursionSizes = Omit<AgopSizes, 'centers'>;

/**
 * Bytes of tensors that a Recursive Feature Machine with a full metric holds; its peak is `data` plus the
 * largest of the others.
 */
export interface RecursionMemory {
  /** Points, targets, a metric, and a machine with what it prepares of its centers. */
  readonly data: number;
  /** The kernel matrix while a fit solves. */
  readonly fit: number;
  /** An AGOP at the training points while it is computed, by the cheapest method. */
  readonly agop: number;
  /** A metric while it is made of an AGOP. */
  readonly update: number;
}

/**
 * What `recursiveFeatureMachine` needs with a kernel of inner products, solved by a direct factorization.
 * What an engine takes for itself is not in it. On devices that say how large their cache is, an AGOP by
 * gradients takes less.
 */
export function recursionMemory(sizes: RecursionSizes, dtype: FloatDType): RecursionMemory {
  const { samples: n, outputs: c, features: d } = sizes;
  const element = bytesPerElement(dtype);
  return {
    data: element * (2 * n * d + 4 * n + 2 * n * c + d * d),
    fit: element * n * n,
    agop: element * agopElements(sizes, element),
    update: element * 5 * d * d,
  };
}

/** Bytes that a machine's predictions for `rows` further points take, these points not counted. */
export function predictionMemory(sizes: RecursionSizes, rows: number, dtype: FloatDType): number {
  const { samples: n, outputs: c, features: d } = sizes;
  const element = bytesPerElement(dtype);
  const block = Math.min(rows, blockRows(rows, n * element));
  const outputs = rows * c;
  return element * Math.max(outputs * (block < rows ? 2 : 1), outputs + block * (2 * d + Math.max(d, n)));
}

function agopElements(sizes: RecursionSizes, element: number): number {
  const { samples: n, outputs: c, features: d, nonzerosPerColumn: r = n, nonzeros } = sizes;
  switch (cheapestAgopMethod({ ...sizes, centers: n })) {
    case 'gradients': {
      const { samples: block, outputs: some } = gradientBlockSizes(n, c, d, element);
      const weights = block * (n + c);
      const scaled = n * some * d;
      const ofBlock = block * some * (d + 1) + (some > 1 ? block * some * d : 0);
      return d * d + 2 * c * d + n * c + weights + scaled + Math.max(some > 1 ? scaled : 0, ofBlock);
    }
    case 'gram': {
      const block = Math.min(n, blockRows(n, 2 * (n + c) * element));
      return n * n + n + c * d + 2 * d * d + block * (2 * n + c + 4 * d);
    }
    case 'sparse': {
      if (nonzeros !== undefined)
        return n * n + n * c + 3 * n + d * d + gradientRowsAtOnce(n, c, d, element) * d * c;
      const block = Math.min(n, cacheBlockRows((2 * n + d * (r + c)) * element));
      // Of the entries of a feature so many are in a block at most, if they lie at random.
      const mean = (block * r) / n;
      const own = d * (1 + mean + 3 * Math.sqrt(mean)) * (block + c) + block * (block + c);
      return n * n + n * c + 2 * n + d * d + d * r * c + block * (2 * n + d * (r + c)) + own;
    }
  }
}
