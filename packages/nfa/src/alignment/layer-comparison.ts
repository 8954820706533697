import type { Tensor } from '@agop/core';
import { type HostSquare, type Similarity, traceOfProduct } from './similarity.ts';

/** A layer in one dtype: W, W_0 and D = W − W_0 [units, inputs], K [units, units]. */
export interface LayerTensors {
  readonly weights: Tensor;
  readonly initial: Tensor;
  readonly change: Tensor;
  readonly covariance: Tensor;
}

/** What a comparison of a layer finds, in either space. */
export interface LayerComparison {
  /** WᵀW with Wᵀ K W. */
  readonly uncentered: Similarity;
  /** DᵀD with Dᵀ K D. */
  readonly centered: Similarity;
  /** DᵀD with Wᵀ K W. */
  readonly change: Similarity;
  /** WᵀW and DᵀD with (Wᵀ K W)^½; undefined where roots were not asked for. */
  readonly roots: { readonly uncentered: Similarity; readonly change: Similarity } | undefined;
  /** See `LayerAlignment.parts`. */
  readonly parts: Float64Array;
  /** ‖W‖², ‖D‖² */
  readonly squares: readonly [number, number];
}

/** Matrices of two summands: at [a][b]. */
export type Grid<T> = readonly [readonly [T, T], readonly [T, T]];

/**
 * The 16 parts at 8a + 4b + 2c + e, each tr(A B) of two of eight matrices.
 *
 * @param pick the two matrices of a, b, c, e
 */
export function sixteenParts(
  pick: (a: 0 | 1, b: 0 | 1, c: 0 | 1, e: 0 | 1) => readonly [HostSquare, HostSquare],
): Float64Array {
  const parts = new Float64Array(16);
  const both = [0, 1] as const;
  for (const a of both) {
    for (const b of both) {
      for (const c of both) {
        for (const e of both) parts[8 * a + 4 * b + 2 * c + e] = traceOfProduct(...pick(a, b, c, e));
      }
    }
  }
  return parts;
}

/** The sum of some parts. */
export function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The trace of a square matrix. */
export function trace({ data, order }: HostSquare): number {
  let sum = 0;
  for (let i = 0; i < order; i++) sum += data[i * (order + 1)] as number;
  return sum;
}
