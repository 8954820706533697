import { type Backend, input, type Tensor } from '@agop/core';

/**
 * What training lowers. `meanSquaredError`: the mean of (f − y)² over samples and outputs. `crossEntropy`:
 * the mean over samples of −Σ y ln softmax(f), for targets that are one-hot rows or probabilities.
 */
export type LossName = (typeof lossNames)[number];

export const lossNames = ['meanSquaredError', 'crossEntropy'] as const;

/** A loss of some rows and its gradient with respect to the outputs. */
export interface LossPass {
  /** [], the mean over the rows. */
  readonly value: Tensor;
  /** [n, outputs] */
  readonly gradient: Tensor;
}

const [f, y, scale] = [input('f'), input('y'), input('scale')];
const difference = f.sub(y);
const squaredDifference = difference.mul(difference);
const scaledDifference = difference.mul(scale);

// Of shifted outputs s = f − max f and their log-sum-exp l: softmax(f) = exp(s − l).
const [s, l] = [input('s'), input('l')];
const shifted = f.sub(input('most'));
const exponential = s.exp();
const logarithm = l.log();
const surprise = y.mul(l.sub(s));
// d/df of −Σ y (s − l) is softmax(f) Σ y − y; Σ y is 1 for probabilities.
const softmaxGradient = s.sub(l).exp().mul(input('total')).sub(y).mul(scale);

/** @param y [n, outputs] */
export function lossOf(ops: Backend, name: LossName, outputs: Tensor, y: Tensor): LossPass {
  const [n, width] = outputs.shape as [number, number];
  if (name === 'meanSquaredError') {
    return {
      value: ops.mean(ops.map(squaredDifference, { f: outputs, y }), 'all'),
      gradient: ops.map(scaledDifference, { f: outputs, y, scale: 2 / (n * width) }),
    };
  }
  const most = ops.max(outputs, 1);
  const moved = ops.map(shifted, { f: outputs, most });
  const sums = ops.sum(ops.map(exponential, { s: moved }), 1);
  const logSums = ops.map(logarithm, { l: sums });
  const terms = ops.map(surprise, { y, s: moved, l: logSums });
  return {
    value: ops.map(input('sum').mul(scale), { sum: ops.sum(terms, 'all'), scale: 1 / n }),
    gradient: ops.map(softmaxGradient, { s: moved, l: logSums, y, total: ops.sum(y, 1), scale: 1 / n }),
  };
}
