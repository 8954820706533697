import {
  type Backend,
  DegenerateMetricError,
  divide,
  type FloatDType,
  floatDType,
  input,
  machineEpsilon,
  multiply,
  Scope,
  type Tensor,
} from '@agop/core';
import { checkChoice, checkFlag, checkNonNegative, checkObject, checkPositive } from '@agop/core/options';
import { byGroups, checkBlocks, type FeatureRange, featureGroups } from './blocks.ts';
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
  /**
   * Columns that belong together, such as those of a one-hot code: a full matrix has nothing between two of
   * them, nor between one and the other columns. That is what a metric for codes by lookup is, and its power
   * takes eigenvalues of the blocks alone. Default none.
   */
  readonly blocks?: readonly FeatureRange[];
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
  checkObject('a metric update', options);
  return {
    normalization: checkChoice('normalization', options.normalization ?? 'max', ['max', 'frobenius', 'none']),
    power: checkPositive('power', options.power ?? 1),
    shift: checkNonNegative('shift', options.shift ?? 0),
    form: checkChoice('form', options.form ?? 'mahalanobis', ['mahalanobis', 'transform']),
    diagonal: checkFlag('diagonal', options.diagonal ?? false),
    blocks: checkBlocks(options.blocks ?? []),
  };
}

const quotient = input('g').div(input('m'));

/**
 * The next metric (AGOP / max entry + shift I)^power, or AGOP^power / ‖AGOP^power‖, as `normalization` says.
 * Diagonal entries that rounding has made negative count as 0, with their row and column.
 *
 * @param agop [d, d] or [1, d]; stays the caller's
 * @returns a metric of a new tensor
 * @throws {DegenerateMetricError} if the AGOP is 0, is not finite, or has a diagonal that is negative by more
 *   than rounding
 * @throws {ConvergenceError} if the eigenvalues do not converge
 * @throws {ShapeError} for a block beyond the features
 */
export async function nextMetric(
  backend: Backend,
  agop: Tensor,
  { normalization, power, shift, form, diagonal, blocks }: ResolvedMetricUpdate,
): Promise<Metric> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const { metric, top } = await usable(ops, agop, diagonal);
  let result = metric;
  const groups = diagonal || blocks.length === 0 ? undefined : featureGroups(agop.shape[0] as number, blocks);
  if (groups) result = scope.own(await byGroups(ops, metric, groups, async (_, part) => part));
  if (normalization === 'frobenius') result = multiply(ops, result, unitOf(top, floatDType(agop)));
  // The largest entry of a matrix of Gram products is on its diagonal.
  if (normalization === 'max') result = divide(ops, result, top);
  if (diagonal) {
    if (power !== 1) result = elementwisePower(ops, result, power);
  } else if (power !== 1 || shift !== 0) {
    const powered = (own: Backend, part: Tensor) => matrixPower(own, part, power, { shift });
    result = scope.own(
      groups ? await byGroups(ops, result, groups, powered) : await powered(backend, result),
    );
  }
  if (normalization === 'frobenius') result = ops.map(quotient, { g: result, m: ops.norm(result, 'all') });
  const tensor = result === agop ? backend.clone(agop) : scope.keep(result);
  return diagonal ? diagonalMetric(tensor, form) : fullMetric(tensor, form);
}

/**
 * A power of 4 that brings a number to about 1: what is normalized in the end does not see it, but
 * eigenvalues and squares of entries need the range. Its square root is a power of 2: no digit changes.
 */
function unitOf(size: number, dtype: FloatDType): number {
  const most = dtype === 'float32' ? 60 : 500;
  return 4 ** -Math.max(-most, Math.min(most, Math.round(Math.log2(size) / 2)));
}

/** The AGOP without what rounding alone has made negative, and the largest entry of its diagonal. */
async function usable(
  ops: Backend,
  agop: Tensor,
  diagonal: boolean,
): Promise<{ readonly metric: Tensor; readonly top: number }> {
  // An entry that is not finite shows on the diagonal, whose entries are the largest of a Gram product.
  const entries = new Float64Array(await (diagonal ? agop : ops.diagonal(agop)).read());
  let [top, least, finite] = [0, 0, true];
  for (const entry of entries) {
    finite &&= Number.isFinite(entry);
    if (entry > top) top = entry;
    if (entry < least) least = entry;
  }
  if (!finite) throw new DegenerateMetricError('not finite');
  if (least < -Math.sqrt(machineEpsilon(floatDType(agop))) * top) throw new DegenerateMetricError('negative');
  if (!(top > 0)) throw new DegenerateMetricError('zero');
  if (least >= 0) return { metric: agop, top };
  const kept = Float64Array.from(entries, (value) => Number(value >= 0));
  const row = ops.tensor(kept, [1, kept.length], floatDType(agop));
  const masked = multiply(ops, agop, row);
  return { metric: diagonal ? masked : multiply(ops, masked, ops.transpose(row)), top };
}
