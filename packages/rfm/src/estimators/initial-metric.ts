import { type Backend, type FloatDType, OptionError, Scope, ShapeError } from '@agop/core';
import type { ShapedArray } from '@agop/estimators';
import { identityMetric, type Metric } from '../metric/metric.ts';
import { type MetricUpdateOptions, nextMetric, resolveMetricUpdate } from '../metric/update.ts';

/** A metric on the host: [1, d] for a diagonal one, [d, d] for a full one. */
export type HostMetric = ShapedArray;

/** Up to this part of the largest entry a metric may differ from its transpose: rounding of float32. */
const asymmetry = 1e-5;

/**
 * Checks that a matrix can be a metric: finite, symmetric, no negative entry on the diagonal, not 0.
 *
 * @throws {OptionError} where it cannot
 */
export function checkInitialMetric(metric: HostMetric): HostMetric {
  const { data, shape } = Object(metric) as HostMetric;
  const [rows = 0, d = 0] = Array.isArray(shape) ? shape : [];
  const fills = Array.isArray(shape) && shape.length === 2 && data?.length === rows * d && d > 0;
  if (!fills || (rows !== d && rows !== 1)) {
    throw new OptionError(
      'initialMetric',
      'initialMetric must be { data, shape } of a matrix [d, d], or of weights [1, d], that fill the shape.',
    );
  }
  const size = largest(data);
  const isFull = rows === d;
  let most = 0;
  for (let k = 0; k < d; k++) {
    const entry = data[isFull ? k * d + k : k] as number;
    if (entry < -asymmetry * size) throw unusable(`entry ${k} of its diagonal is ${entry}`);
    most = Math.max(most, entry);
    for (let l = 0; isFull && l < k; l++) {
      const [below, above] = [data[k * d + l] as number, data[l * d + k] as number];
      if (Math.abs(below - above) > asymmetry * size) {
        throw unusable(`its entries [${k}, ${l}] and [${l}, ${k}] are ${below} and ${above}`);
      }
    }
  }
  if (!(most > 0)) throw unusable('its diagonal is 0');
  return metric;
}

function unusable(why: string): OptionError {
  return new OptionError(
    'initialMetric',
    `initialMetric must be finite, symmetric and positive semi-definite, but ${why}.`,
  );
}

function largest(data: ArrayLike<number>): number {
  let size = 0;
  for (let at = 0; at < data.length; at++) {
    const value = data[at];
    if (!Number.isFinite(value)) throw unusable(`entry ${at} is ${value}`);
    size = Math.max(size, Math.abs(value as number));
  }
  return size;
}

/**
 * The metric of the first fit; the identity where none is given. Its tensor is the caller's.
 *
 * @param features number of columns of X
 * @throws {ShapeError} where the metric is for another number of features
 */
export async function uploadInitialMetric(
  backend: Backend,
  features: number,
  settings: MetricUpdateOptions & {
    readonly initialMetric?: HostMetric | undefined;
    readonly dtype: FloatDType;
  },
): Promise<Metric> {
  const { initialMetric, dtype } = settings;
  if (!initialMetric) return identityMetric;
  const { data, shape } = initialMetric;
  const [rows, d] = shape as [number, number];
  if (d !== features) {
    throw new ShapeError(`initialMetric is for ${d} features, but X has ${features} columns.`);
  }
  const { normalization, form } = resolveMetricUpdate(settings);
  // In float64, so that an AGOP in any unit comes into the range of the dtype.
  const unit = normalization === 'none' ? 1 : largest(data);
  const symmetric = Float64Array.from(data, (value, at) => {
    const other = rows === 1 ? value : (data[(at % d) * d + Math.floor(at / d)] as number);
    return value / unit / 2 + other / unit / 2;
  });
  using scope = new Scope(backend);
  const tensor = scope.ops.tensor(symmetric, [rows, d], dtype);
  return await nextMetric(backend, tensor, {
    normalization,
    power: 1,
    shift: 0,
    form,
    diagonal: rows === 1,
    blocks: [],
  });
}
