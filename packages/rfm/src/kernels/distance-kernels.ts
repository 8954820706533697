import type { Expression } from '@agop/core';
import { checkPositive, checkRange } from '../options.ts';
import { type InnerProductKernel, type Kernel, powerDistanceKernel, radialKernel } from './kernel.ts';

/** Options of kernels with a length scale. */
export interface BandwidthOptions {
  /** Length scale L, in the units of the features; positive. */
  readonly bandwidth: number;
}

/**
 * The Laplace kernel exp(-‖x - z‖_M / L).
 *
 * Source: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881), eq. 5.
 *
 * @throws {OptionError} for a bandwidth that is not positive
 */
export function laplace(options: BandwidthOptions): InnerProductKernel {
  const bandwidth = checkPositive('bandwidth', options.bandwidth);
  return radialKernel('laplace', (s, { bandwidth: l }) => s.sqrt().div(l).neg().exp(), { bandwidth });
}

/**
 * The Gaussian kernel exp(-‖x - z‖²_M / (2 L²)).
 *
 * The grokking paper (arXiv 2407.20199) writes ‖x - z‖²_M / L but computes what stands here.
 *
 * @throws {OptionError} for a bandwidth that is not positive
 */
export function gaussian(options: BandwidthOptions): InnerProductKernel {
  const bandwidth = checkPositive('bandwidth', options.bandwidth);
  return radialKernel('gaussian', (s, { bandwidth: l }) => s.div(l.mul(l).mul(2)).neg().exp(), { bandwidth });
}

/** Options of {@link exponentialPower}. */
export interface ExponentialPowerOptions extends BandwidthOptions {
  /** Exponent γ of the distance, in (0, 2]: 1 is Laplace. */
  readonly exponent: number;
}

/**
 * The exponential power kernel exp(-(‖x - z‖_M / L)^γ), that is exp(-s^{γ/2} / L^γ) for the squared distance s.
 *
 * @throws {OptionError} for a bandwidth that is not positive or an exponent outside (0, 2]
 */
export function exponentialPower(options: ExponentialPowerOptions): InnerProductKernel {
  const bandwidth = checkPositive('bandwidth', options.bandwidth);
  const exponent = checkRange('exponent', options.exponent, 0, 2);
  return radialKernel(
    'exponentialPower',
    (s, { bandwidth: l, exponent: gamma }) => distancePower(s, exponent, gamma).div(l.pow(gamma)).neg().exp(),
    { bandwidth, exponent },
  );
}

/** Options of {@link lpq}. */
export interface LpqOptions extends BandwidthOptions {
  /** Norm of the distance, in [q, 2]. */
  readonly p: number;
  /** Exponent of the distance, in (0, p]. */
  readonly q: number;
}

/**
 * The kernel exp(-(‖x - z‖_p / L)^q) of xRFM, on transformed features: its metric has the form 'transform'.
 *
 * Source: Beaglehole, Holzmüller, Radhakrishnan, Belkin 2025 (arXiv 2508.10053).
 *
 * @throws {OptionError} for a bandwidth that is not positive, or unless 0 < q <= p <= 2
 */
export function lpq(options: LpqOptions): Kernel {
  const bandwidth = checkPositive('bandwidth', options.bandwidth);
  const p = checkRange('p', options.p, 0, 2);
  const q = checkRange('q', options.q, 0, p);
  const parameters = { bandwidth, norm: p, exponent: q };
  if (p === 2) {
    return radialKernel(
      'lpq',
      (s, { bandwidth: l, exponent }) => distancePower(s, q, exponent).div(l.pow(exponent)).neg().exp(),
      parameters,
    );
  }
  return powerDistanceKernel(
    'lpq',
    p,
    (s, { bandwidth: l, norm, exponent }) => s.pow(exponent.div(norm)).div(l.pow(exponent)).neg().exp(),
    parameters,
  );
}

/** The distance to the power γ from its square s; a root or nothing where that is enough, which is several times faster. */
function distancePower(s: Expression, value: number, exponent: Expression): Expression {
  if (value === 1) return s.sqrt();
  return value === 2 ? s : s.pow(exponent.div(2));
}
