import { OptionError } from '@agop/core';
import {
  checkChoice,
  checkNonNegative,
  checkObject,
  checkObjects,
  checkPositive,
  checkWhole,
} from '@agop/core/options';
import { aliasSums, type CircleKernelName, circleKernels, logCoefficient } from './alias-sums.ts';

/** A wave of the target: cosine · cos(2π f x) + sine · sin(2π f x). */
export interface Wave {
  /** f, a whole number from 0. */
  readonly frequency: number;
  readonly cosine: number;
  readonly sine: number;
}

/** One wave of mean square 1 and the lowest frequency: the target where none is given. */
export const unitWave: readonly Wave[] = [{ frequency: 1, cosine: Math.SQRT2, sine: 0 }];

/** What {@link interpolationRisk} needs. */
export interface RiskOptions {
  readonly kernel: CircleKernelName;
  /** Width w of the kernel, in units of the circle's length. */
  readonly width: number;
  /** Number of samples, at i / n; at most 1,000,000. */
  readonly n: number;
  /** Variance of the noise of a sample. */
  readonly noise: number;
  /** Default {@link unitWave}. */
  readonly target?: readonly Wave[];
  /** λ of (K + λ I) α = y for a kernel with l_0 = 1. Default 0: interpolation. */
  readonly ridge?: number;
}

/** Parts of the expected squared error, integrated over the circle. */
export interface Risk {
  /** Of the expected prediction. */
  readonly bias: number;
  /** Of the prediction, for the noise that was given. */
  readonly variance: number;
  /** Their sum. */
  readonly risk: number;
}

/** The time grows with them; beyond, the risk is that of the limit. */
const mostPoints = 1_000_000;

/**
 * The expected error of kernel regression on a grid of the circle, exactly. The prediction has at frequency
 * k + mN the coefficient ŷ_k l_{k+mN} / (Σ_j l_{k+jN} + λ / N), with ŷ the discrete Fourier transform over N;
 * bias and variance follow by Parseval. In float64; no matrix is made.
 *
 * Source: the setting of Beaglehole, Belkin, Pandit 2023 (arXiv 2205.13525).
 *
 * @throws {OptionError} for an unknown kernel, and for numbers out of range
 */
export function interpolationRisk(options: RiskOptions): Risk {
  const kernel = checkChoice('kernel', checkObject('interpolationRisk()', options).kernel, circleKernels);
  const width = checkPositive('width', options.width);
  const n = checkWhole('n', options.n, 1, mostPoints);
  const noise = checkNonNegative('noise', options.noise);
  const ridge = checkNonNegative('ridge', options.ridge ?? 0);
  const target = checkWaves(options.target ?? unitWave);
  const shares = (k: number) => sharesAt(kernel, width, n, ridge, k);
  let variance = 0;
  for (let k = 0; k < n; k++) variance += shares(k).squares;
  const bias = biasOf(coefficients(target), n, shares);
  return { bias, variance: (noise / n) * variance, risk: bias + (noise / n) * variance };
}

/** How a frequency's energy is shared among its aliases by the prediction. */
interface Shares {
  /** Σ_m r_m², with r_m = l_{k+mN} / (Σ_j l_{k+jN} + λ / N). */
  readonly squares: number;
  /** r of one frequency. */
  of(frequency: number): number;
}

function sharesAt(kernel: CircleKernelName, width: number, n: number, ridge: number, k: number): Shares {
  const { first, second } = aliasSums(kernel, width * n, k / n);
  // ln (e^first + λ / N), without leaving the range where there is no ridge.
  const whole = ridge === 0 ? first : Math.log(Math.exp(first) + ridge / n);
  return {
    squares: Math.exp(second - 2 * whole),
    of: (frequency) => Math.exp(logCoefficient(kernel, width * frequency) - whole),
  };
}

interface Coefficient {
  readonly frequency: number;
  readonly real: number;
  readonly imaginary: number;
}

/** @throws {OptionError} for a target that is not made of waves of finite size */
export function checkWaves(target: readonly Wave[]): readonly Wave[] {
  for (const { frequency, cosine, sine } of checkObjects('target', target, 'waves')) {
    if (![cosine, sine].every(Number.isFinite)) {
      throw new OptionError('target', { requirement: 'be waves of finite size', received: target });
    }
    checkWhole('target', frequency, 0);
  }
  return target;
}

/** Fourier coefficients of a target, of positive and negative frequencies. */
function coefficients(target: readonly Wave[]): Coefficient[] {
  return target.flatMap(({ frequency, cosine, sine }) => {
    if (frequency === 0) return [{ frequency: 0, real: cosine, imaginary: 0 }];
    return [
      { frequency, real: cosine / 2, imaginary: -sine / 2 },
      { frequency: -frequency, real: cosine / 2, imaginary: sine / 2 },
    ];
  });
}

/** Σ over frequencies of |prediction - target|², where the target or one of its aliases is not 0. */
function biasOf(target: readonly Coefficient[], n: number, shares: (k: number) => Shares): number {
  const classes = new Map<number, Coefficient[]>();
  for (const one of target) {
    const k = ((one.frequency % n) + n) % n;
    classes.set(k, [...(classes.get(k) ?? []), one]);
  }
  let bias = 0;
  for (const [k, members] of classes) {
    const { squares, of } = shares(k);
    const real = members.reduce((sum, one) => sum + one.real, 0);
    const imaginary = members.reduce((sum, one) => sum + one.imaginary, 0);
    // A member's own share is r²; the others of the class are predicted without being there.
    let others = squares;
    for (const frequency of new Set(members.map((one) => one.frequency))) {
      const share = of(frequency);
      const own = members.filter((one) => one.frequency === frequency);
      others -= share ** 2;
      bias += (share * real - sumOf(own, 'real')) ** 2 + (share * imaginary - sumOf(own, 'imaginary')) ** 2;
    }
    bias += Math.max(0, others) * (real ** 2 + imaginary ** 2);
  }
  return bias;
}

function sumOf(members: readonly Coefficient[], part: 'real' | 'imaginary'): number {
  return members.reduce((sum, one) => sum + one[part], 0);
}

/** Points over half a period by which integrals are taken: exact for what is smooth on that scale. */
const quadrature = 512;

/**
 * The limit of the risk for more and more samples, where the width shrinks with their distance: w = a / N.
 * On the torus of dimension d, with products of the kernel and N samples along each axis.
 *
 * @param a width in samples
 * @param noise variance of the noise, for a target of mean square 1 and low frequency
 * @param dimension d, from 1
 * @throws {OptionError} for an unknown kernel, and for numbers out of range
 */
export function limitRisk(kernel: CircleKernelName, a: number, noise: number, dimension = 1): Risk {
  checkChoice('kernel', kernel, circleKernels);
  checkPositive('a', a);
  checkNonNegative('noise', noise);
  checkWhole('dimension', dimension, 1);
  const low = aliasSums(kernel, a, 0);
  const kept = Math.exp(-low.first);
  const bias = 1 - 2 * kept ** dimension + Math.exp(dimension * (low.second - 2 * low.first));
  let sum = 0;
  for (let i = 0; i < quadrature; i++) {
    const { first, second } = aliasSums(kernel, a, (i + 0.5) / (2 * quadrature));
    sum += Math.exp(second - 2 * first);
  }
  const variance = noise * (sum / quadrature) ** dimension;
  return { bias, variance, risk: bias + variance };
}

/** A width and its risk. */
export interface BestWidth extends Risk {
  readonly width: number;
}

/**
 * The width of least risk: the least of 80 widths evenly spaced in their logarithm, then golden sections.
 *
 * @param risk of a width
 * @param from smallest width
 * @param to largest width
 * @throws {OptionError} for widths that are not positive
 */
export function bestWidth(risk: (width: number) => Risk, from: number, to: number): BestWidth {
  checkPositive('from', from);
  checkPositive('to', to);
  const steps = 80;
  const at = (i: number): number => Math.log(from) + (i / steps) * Math.log(to / from);
  const of = (log: number): number => risk(Math.exp(log)).risk;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= steps; i++) {
    const value = of(at(i));
    if (value < least) [best, least] = [i, value];
  }
  let [low, high] = [at(Math.max(0, best - 1)), at(Math.min(steps, best + 1))];
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < 50; i++) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (of(a) < of(b)) high = b;
    else low = a;
  }
  const width = Math.exp((low + high) / 2);
  return { width, ...risk(width) };
}
