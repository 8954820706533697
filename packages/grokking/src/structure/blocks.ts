import { ShapeError } from '@agop/core';
import { logarithmOrder } from '../arithmetic/discrete-logarithm.ts';
import type { Group } from '../tasks/operation.ts';
import { orderOf, reorder } from './square.ts';

/** The four p x p blocks of a metric over [one-hot a, one-hot b]. */
export interface MetricBlocks {
  readonly p: number;
  /** a with a. */
  readonly upperLeft: Float64Array;
  /** a with b. */
  readonly upperRight: Float64Array;
  /** b with a: the transpose of `upperRight`, since metrics are symmetric. */
  readonly lowerLeft: Float64Array;
  /** b with b. */
  readonly lowerRight: Float64Array;
}

/**
 * Cuts a metric or AGOP into its blocks. A task bit (last row and column of a matrix of order 2p + 1) is left
 * out.
 *
 * @param metric row-major, [2p, 2p] or [2p + 1, 2p + 1]
 * @throws {ShapeError} if it is neither
 */
export function metricBlocks(metric: ArrayLike<number>, p: number): MetricBlocks {
  const order = orderOf('metricBlocks', metric);
  if (order !== 2 * p && order !== 2 * p + 1) {
    throw new ShapeError(
      `metricBlocks: a metric for p = ${p} has order ${2 * p} or ${2 * p + 1}, not ${order}.`,
    );
  }
  const block = (row: number, column: number): Float64Array => {
    const out = new Float64Array(p * p);
    for (let i = 0; i < p; i++) {
      for (let j = 0; j < p; j++) out[i * p + j] = metric[(row + i) * order + column + j] as number;
    }
    return out;
  };
  return {
    p,
    upperLeft: block(0, 0),
    upperRight: block(0, p),
    lowerLeft: block(p, 0),
    lowerRight: block(p, p),
  };
}

/**
 * A block in the order that makes it circulant: unchanged for the additive group; for the multiplicative
 * group without residue 0, rows and columns by discrete logarithm, [p - 1, p - 1].
 *
 * @param block row-major [p, p]
 * @throws {ShapeError} if it is not square
 * @throws {OptionError} for the multiplicative group of a p that is not prime
 */
export function groupOrder(block: ArrayLike<number>, group: Group): Float64Array {
  const p = orderOf('groupOrder', block);
  return group === 'additive' ? Float64Array.from(block) : reorder(block, p, logarithmOrder(p));
}

/**
 * A whole metric with each block in the order of the multiplicative group, for pictures: residue 0 first,
 * then by discrete logarithm. A task bit stays last.
 *
 * @param metric row-major, [2p, 2p] or [2p + 1, 2p + 1]
 * @returns the same shape
 * @throws {ShapeError} if the metric has another shape
 * @throws {OptionError} if p is not prime
 */
export function reorderMetric(metric: ArrayLike<number>, p: number): Float64Array {
  const order = orderOf('reorderMetric', metric);
  if (order !== 2 * p && order !== 2 * p + 1) {
    throw new ShapeError(
      `reorderMetric: a metric for p = ${p} has order ${2 * p} or ${2 * p + 1}, not ${order}.`,
    );
  }
  const residues = [0, ...logarithmOrder(p)];
  const indices = [...residues, ...residues.map((r) => p + r)];
  if (order > 2 * p) indices.push(2 * p);
  return reorder(metric, order, indices);
}
