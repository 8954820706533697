import { type Backend, input, Scope, type Tensor } from '@agop/core';
import { checkChoice, checkNonNegative, checkPositive } from '@agop/core/options';
import { elementwisePower, matrixPower } from './matrix-power.ts';
import { diagonalMetric, fullMetric, type Metric, type MetricForm } from './metric.ts';

/** How an AGOP becomes the next metric. */
export interface MetricUpdateOptions {
  /**
   * `max` divides the AGOP by its largest entry, so that M does not depend on the scale of the targets;
   * `frobenius` divides the result, after the power, by its Frobenius norm; `none` keeps the scale. Default
   * 'max'.
   */
  readonly normalization?: Normalization;
  /** Exponent of the AGOP, positive. Default 1. */
  readonly power?: number;
  /** Added to the diagonal of a full matrix before the power, from 0. Default 0. */
  readonly shift?: number;
  /** Whether the result is M itself or multiplies the features. Default 'mahalanobis'. */
  readonly form?: MetricForm;
  /** Learn one weight per feature instead of a matrix. Default false. */
  readonly diagonal?: boolean;
}

/** What a metric is divided by. */
export type Normalization = 'max' | 'frobenius' | 'none';

/** {@link MetricUpdateOptions} with the defaults filled in. */
export type ResolvedMetricUpdate = Required<MetricUpdateOptions>;

/**
 * Checks {@link MetricUpdateOptions} and fills in the defaults.
 *
 * @throws {OptionError} for an option out of range
 */
export function resolveMetricUpdate(options: MetricUpdateOptions): ResolvedMetricUpdate {
  return {
    normalization: checkChoice('normalization', options.normalization ?? 'max', ['max', 'frobenius', 'none']),
    power: checkPositive('power', options.power ?? 1),
    shift: checkNonNegative('shift', options.shift ?? 0),
    form: checkChoice('form', options.form ?? 'mahalanobis', ['mahalanobis', 'transform']),
    diagonal: options.diagonal ?? false,
  };
}

/** Below this, a largest entry or a norm counts as no gradient at all; keeps 0 / 0 away. */
const tiny = 1e-30;
const quotient = input('g').div(input('m').add(tiny));

/**
 * The next metric (AGOP / max entry + shift I)^power, or AGOP^power / ‖AGOP^power‖, as `normalization` says.
 * An AGOP of zeros stays zeros.
 *
 * @param agop [d, d] or [1, d]; stays the caller's
 * @returns a metric of a new tensor
 * @throws {ConvergenceError} if an AGOP whose power is not 1 is not finite
 */
export async function nextMetric(
  backend: Backend,
  agop: Tensor,
  { normalization, power, shift, form, diagonal }: ResolvedMetricUpdate,
): Promise<Metric> {
  using scope = new Scope(backend);
  const { ops } = scope;
  let result = agop;
  if (normalization === 'max') result = ops.map(quotient, { g: agop, m: ops.max(agop, 'all') });
  if (diagonal) {
    if (power !== 1) result = elementwisePower(ops, result, power);
  } else if (power !== 1 || shift !== 0) {
    result = scope.own(await matrixPower(backend, result, power, { shift }));
  }
  if (normalization === 'frobenius') result = ops.map(quotient, { g: result, m: ops.norm(result, 'all') });
  const tensor = result === agop ? backend.clone(agop) : scope.keep(result);
  return diagonal ? diagonalMetric(tensor, form) : fullMetric(tensor, form);
}
