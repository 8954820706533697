import { type Backend, input, Scope, selectLessEqual, type Tensor } from '@agop/core';
import type { Kernel } from '../kernels/kernel.ts';

/**
 * How far from 0 columns may lie: 4 standard deviations. The square of that, 16, is what p + q - 2u loses of
 * the digits of squared distances.
 */
const mostDeviations = 4;

/** Whether a kernel does not see where the origin of the features is. */
export function isOfDistances(kernel: Kernel): boolean {
  return kernel.geometry !== 'inner' || kernel.radial;
}

/**
 * The point that features are to be counted from, [1, d]: means of the columns that lie far from 0, and 0 for
 * the others, whose digits stay as they are. A mean need not be exact for that.
 *
 * @param x [n, d]
 */
export function farOrigin(backend: Backend, x: Tensor): Tensor {
  using scope = new Scope(backend);
  const { ops } = scope;
  const part = 1 + 1 / mostDeviations ** 2;
  const inputs = { mean: ops.mean(x, 0), norm: ops.norm(x, 0), root: Math.sqrt((x.shape[0] ?? 0) * part) };
  return scope.keep(ops.map(meanIfFar, inputs));
}

const [mean, norm] = [input('mean'), input('norm')];
// The mean of squares is that of the deviations plus the square of the mean.
const meanIfFar = selectLessEqual(mean.abs().mul(input('root')), norm, 0, mean);
