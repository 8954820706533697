import {
  ConvergenceError,
  compileScalar,
  DegenerateMetricError,
  inputNames,
  NotPositiveDefiniteError,
  reworded,
  type Wording,
  wording,
} from '@agop/core';
import { formatNumber } from '@agop/report';
import type { Kernel } from '@agop/rfm';

/** What a fit was made with. */
interface Fitted {
  readonly kernel: Kernel;
  readonly ridge: number;
  readonly dtype: string;
}

/** Distance of two pairs that share one operand, in one-hot rows: the nearest there are. */
const nearest = Math.SQRT2;

/** What a kernel sees of such pairs: inner products, the squared distance. */
const nearestInputs: Readonly<Record<string, number>> = {
  u: 1,
  p: 2,
  q: 2,
  s: 2,
  epsilon: Number.EPSILON,
  roundingP: 0,
  roundingQ: 0,
};

/**
 * What a run ran into; for a kernel matrix that cannot be factorised, or an AGOP that is not finite or 0, an
 * error that says what to do about it: more or less bandwidth, by the values of the kernel.
 */
export function explainSingularFit(error: unknown, settings: Fitted): unknown {
  const isNumerical = NotPositiveDefiniteError.isInstance(error) || ConvergenceError.isInstance(error);
  if (isNumerical) return reworded(error, reasonAndAdvice(settings));
  const isFlat = DegenerateMetricError.isInstance(error) && nearestValue(settings.kernel) < smallest;
  return isFlat ? reworded(error, reasonAndAdvice(settings)) : error;
}

/** Kernels that are less between the nearest pairs see no pair but a point and itself. */
const smallest = 1e-3;

/** Why a run ended before an iteration, and how it would go on. */
export function endedBefore(iteration: number, settings: Fitted): Wording {
  return wording`The run ended before iteration ${iteration}: its kernel matrix is numerically singular in ${settings.dtype}, since pairs with the same answer have become the same to the metric. To go on, use ${moreRidge(settings)}.`;
}

function reasonAndAdvice(settings: Fitted): Wording {
  const { kernel, dtype } = settings;
  const more = moreRidge(settings);
  const singular = `The kernel matrix of the training pairs is numerically singular in ${dtype}`;
  const bandwidth = kernel.parameters['bandwidth'];
  if (bandwidth === undefined) return wording`${singular}. Use ${more}.`;
  const value = nearestValue(kernel);
  const between = `between the nearest pairs, ${nearest.toFixed(1)} apart, the ${kernel.name} kernel`;
  if (value < smallest) {
    return wording`${{ option: 'bandwidth', value: bandwidth }} is too small: ${between} is ${formatNumber(value, 2)}, and nothing can be learned from its gradients. Use a larger one, such as 2.5.`;
  }
  if (1 - value < 1e-3) {
    return wording`${{ option: 'bandwidth', value: bandwidth }} is too large: ${between} differs from 1 by ${formatNumber(1 - value, 2)} only. ${singular}. Use a smaller one, such as 2.5, or ${more}.`;
  }
  return wording`${singular}. Use ${more}, or another ${{ option: 'bandwidth' }}.`;
}

function moreRidge({ ridge, dtype }: Fitted): Wording {
  const isSingle = dtype === 'float32';
  const more = ridge === 0 ? 'a small' : 'a larger';
  const such = ridge === 0 ? ` such as ${isSingle ? '1e-5' : '1e-9'}` : '';
  const orDouble = isSingle ? wording` or ${{ option: 'dtype', value: 'float64' }}` : [];
  return wording`${more} ${{ option: 'ridge' }}${such}${orDouble}`;
}

/** The kernel of the nearest pairs in the metric M = I. */
function nearestValue({ value, parameters }: Kernel): number {
  const known: Readonly<Record<string, number>> = { ...nearestInputs, ...parameters };
  return compileScalar(value)(inputNames(value).map((input) => known[input] ?? Number.NaN));
}
