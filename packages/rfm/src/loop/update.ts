import { type Backend, input, Scope, type Tensor } from '@agop/core';
import { checkChoice, checkNonNegative, checkPositive } from '@agop/core/options';
import { elementwisePower, matrixPower } from '../metric/matrix-power.ts';
import { diagonalMetric, fullMetric, type Metric, type MetricForm } from '../metric/metric.ts';

/** How an AGOP becomes the next metric. */
export interface MetricUpdateOptions {
  /** `max` divides the AGOP by its largest entry, so that M does not depend on the scale of the targets; `none` keeps it. Default 'max'. */
  readonly normalization?: 'max' | 'none';
  /** Exponent of the (normalised) AGOP, positive. Default 1. */
  readonly power?: number;
  /** Added to the diagonal of a full matrix before the power, from 0. Default 0. */
  readonly shift?: number;
  /** Whether the result is M itself or multiplies the features. Default 'mahalanobis'. */
  readonly form?: MetricForm;
}

/** Checks {@link MetricUpdateOptions} and fills in the defaults. @throws {OptionError} */
export function metricUpdate(options: MetricUpdateOptions): Required<MetricUpdateOptions> {
  return {
    normalization: checkChoice('normalization', options.normalization ?? 'max', ['max', 'none']),
    power: checkPositive('power', options.power ?? 1),
    shift: checkNonNegative('shift', options.shift ?? 0),
    form: checkChoice('form', options.form ?? 'mahalanobis', ['mahalanobis', 'transform']),
  };
}

/** Below this, a largest entry counts as no gradient at all; keeps 0 / 0 away. */
const tiny = 1e-30;

/**
 * The next metric M = (AGOP / max entry + shift I)^power. An AGOP of zeros stays zeros.
 *
 * @param agop [d, d] or [1, d]; stays the caller's
 */
export async function nextMetric(
  backend: Backend,
  agop: Tensor,
  diagonal: boolean,
  update: Required<MetricUpdateOptions>,
): Promise<Metric> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const scaled =
    update.normalization === 'max'
      ? ops.map(input('g').div(input('m').add(tiny)), { g: agop, m: ops.max(agop, 'all') })
      : ops.clone(agop);
  if (diagonal) {
    const weights = update.power === 1 ? scaled : elementwisePower(ops, scaled, update.power);
    return diagonalMetric(scope.keep(weights), update.form);
  }
  if (update.power === 1 && update.shift === 0) return fullMetric(scope.keep(scaled), update.form);
  const power = await matrixPower(ops, scaled, update.power, { shift: update.shift });
  return fullMetric(scope.keep(power), update.form);
}
