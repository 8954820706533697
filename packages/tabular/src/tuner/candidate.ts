import { OptionError } from '@agop/core';
import { checkChoice, checkMembers, checkNonNegative, checkSteps } from '@agop/core/options';
import { type NumberScale, numberScales } from '@agop/data';
import { type BandwidthMode, type KernelDescription, kernelFromDescription } from '@agop/rfm';
import type { TabularOptions } from '../model/settings.ts';
import type { TargetTransform } from './target-transform.ts';

/** One choice of settings for a table: how it is prepared, and what is fitted. Plain data. */
export interface Candidate {
  /** How columns of numbers are scaled. */
  readonly numbers: NumberScale;
  readonly categories: 'one-hot' | 'ordinal';
  /** What the targets of a regression are fitted as. */
  readonly target: TargetTransform;
  readonly kernel: KernelDescription;
  readonly bandwidthMode: BandwidthMode;
  /** Learn one weight per feature instead of a matrix. */
  readonly diagonal: boolean;
  /** Most metric updates; each of the fits before is judged, too. */
  readonly iterations: number;
  /** The values of λ that are judged in each metric, one or more. */
  readonly ridges: readonly number[];
}

/**
 * A candidate as others may hand it in.
 *
 * @throws {OptionError} for settings that are missing or out of range
 * @throws {FormatError} for a kernel that there is not
 */
export function checkCandidate(candidate: Candidate): Candidate {
  checkMembers('a candidate', candidate, {
    ...{ numbers: 'text', categories: 'text', target: 'text', kernel: 'object', bandwidthMode: 'text' },
    ...{ diagonal: 'flag', iterations: 'number', ridges: 'numbers' },
  });
  checkChoice('numbers', candidate.numbers, numberScales);
  checkChoice('categories', candidate.categories, ['one-hot', 'ordinal']);
  checkChoice('target', candidate.target, ['none', 'log', 'signed root']);
  kernelFromDescription(candidate.kernel);
  checkChoice('bandwidthMode', candidate.bandwidthMode, ['constant', 'adaptive']);
  checkSteps('iterations', candidate.iterations, 0);
  if (candidate.ridges.length === 0) {
    throw new OptionError('ridges', { requirement: 'be one or more numbers', received: candidate.ridges });
  }
  for (const ridge of candidate.ridges) checkNonNegative('ridges', ridge);
  return candidate;
}

/** A fit of a candidate: one of its metrics, and one of its ridges. Plain data. */
export interface FitChoice {
  /** Metric updates. */
  readonly iteration: number;
  readonly ridge: number;
  /** λ of the fits before, whose AGOPs have become metrics. */
  readonly learningRidges: readonly number[];
}

/** What fits the choice on any rows. */
export function optionsOf(candidate: Candidate, choice: FitChoice): Omit<TabularOptions, 'backend'> {
  const { kernel, bandwidthMode, diagonal } = candidate;
  return {
    kernel,
    bandwidthMode,
    diagonal,
    ...metricForm(candidate),
    iterations: choice.iteration,
    ridge: choice.ridge,
    learningRidges: choice.learningRidges.slice(0, choice.iteration),
  };
}

/**
 * How an AGOP becomes a metric. For kernels of inner products and Euclidean distances M = AGOP / max needs no
 * root; others have features multiplied by its root, as in xRFM.
 */
export function metricForm({ kernel, diagonal }: Pick<Candidate, 'kernel' | 'diagonal'>) {
  const { norm } = kernel.parameters;
  if (norm === undefined || norm === 2) return { form: 'mahalanobis', power: 1, shift: 0 } as const;
  return { form: 'transform', power: 0.5, shift: diagonal ? 0 : 1e-8 } as const;
}
