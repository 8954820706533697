import { AgopError } from '@agop/core';
import type { GrokkingResult } from '@agop/grokking';
import { formatNumber } from '@agop/report';
import type { Kernel } from '@agop/rfm';
import type { GrokSettings } from './settings.ts';
import { beyondChance } from './words.ts';

/** Distance of two pairs that share one operand, in one-hot rows: the nearest there are. */
const nearest = Math.SQRT2;

/**
 * Rethrows what a run ran into; a kernel matrix that cannot be factorised, or an AGOP that is not finite, with what to do about it on the
 * command line: more or less bandwidth, by the values of the kernel.
 *
 * @throws always
 */
export function explainSingularFit(settings: GrokSettings): (error: unknown) => never {
  return (error) => {
    const isNumerical =
      AgopError.isInstance(error) && ['NOT_POSITIVE_DEFINITE', 'NO_CONVERGENCE'].includes(error.code);
    if (!isNumerical) throw error;
    throw new AgopError(error.code, reasonAndAdvice(settings), { cause: error });
  };
}

/**
 * A run that such a fit ended early: an error where nothing was learned until then, else what to say of it.
 *
 * @throws {AgopError} if the machine still guessed
 */
export function earlyEnd(
  settings: GrokSettings,
  { task, iterations, endedBy }: GrokkingResult,
): string | undefined {
  if (!endedBy) return undefined;
  const best = Math.max(...iterations.map(({ testAccuracy }) => testAccuracy));
  if (best <= beyondChance(task)) explainSingularFit(settings)(endedBy);
  return `The run ended before iteration ${iterations.length}: its kernel matrix is numerically singular in ${settings.dtype}, since pairs with the same answer have become the same to the metric. To go on, use ${moreRidge(settings)}.`;
}

function reasonAndAdvice({ kernel, ridge, dtype }: GrokSettings): string {
  const bandwidth = kernel.parameters['bandwidth'];
  const more = moreRidge({ ridge, dtype });
  const singular = `The kernel matrix of the training pairs is numerically singular in ${dtype}`;
  if (bandwidth === undefined) return `${singular}. Use ${more}.`;
  const value = nearestValue(kernel, bandwidth);
  const between = `between the nearest pairs, ${nearest.toFixed(1)} apart, the ${kernel.name} kernel`;
  if (value < 1e-3) {
    return `--bandwidth ${bandwidth} is too small: ${between} is ${formatNumber(value, 2)}, and nothing can be learned from its gradients. Use a larger one, such as 2.5.`;
  }
  if (1 - value < 1e-3) {
    return `--bandwidth ${bandwidth} is too large: ${between} differs from 1 by ${formatNumber(1 - value, 2)} only. ${singular}. Use a smaller one, such as 2.5, or ${more}.`;
  }
  return `${singular}. Use ${more}, or another --bandwidth.`;
}

function moreRidge({ ridge, dtype }: Pick<GrokSettings, 'ridge' | 'dtype'>): string {
  return [
    ridge === 0 ? `a small --ridge such as ${dtype === 'float32' ? '1e-5' : '1e-9'}` : 'a larger --ridge',
    ...(dtype === 'float32' ? ['--dtype float64'] : []),
  ].join(' or ');
}

function nearestValue({ name }: Kernel, bandwidth: number): number {
  const scaled = nearest / bandwidth;
  return Math.exp(name === 'laplace' ? -scaled : (-scaled * scaled) / 2);
}
