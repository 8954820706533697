import { type Backend, input, multiply, type Tensor } from '@agop/core';

/**
 * How features are compared.
 *
 * - `mahalanobis`: the tensor is M of the inner products xᵀMz and distances (x - z)ᵀM(x - z).
 * - `transform`: the tensor is a symmetric A that multiplies the features, x → A x; with inner products that
 *   equals M = A².
 */
export type MetricForm = 'mahalanobis' | 'transform';

/** The metric of a kernel: nothing, one weight per feature ([1, d]), or a symmetric matrix ([d, d]). */
export type Metric =
  | { readonly kind: 'identity' }
  | { readonly kind: 'diagonal' | 'full'; readonly form: MetricForm; readonly tensor: Tensor };

/** The metric M = I. */
export const identityMetric: Metric = /* @__PURE__ */ Object.freeze({ kind: 'identity' } as const);

/** A full metric from a symmetric positive semi-definite matrix [d, d], which stays the caller's. */
export function fullMetric(tensor: Tensor, form: MetricForm = 'mahalanobis'): Metric {
  return { kind: 'full', form, tensor };
}

/** A diagonal metric from non-negative weights [1, d], which stay the caller's. */
export function diagonalMetric(tensor: Tensor, form: MetricForm = 'mahalanobis'): Metric {
  return { kind: 'diagonal', form, tensor };
}

/** Frees the metric's tensor. */
export function disposeMetric(metric: Metric): void {
  if (metric.kind !== 'identity') metric.tensor.dispose();
}

const product = input('a').mul(input('b'));

/** Rows times the metric's matrix: x M [n, d], a new tensor. */
export function multiplyByMetric(backend: Backend, x: Tensor, metric: Metric): Tensor {
  if (metric.kind === 'identity') return backend.clone(x);
  if (metric.kind === 'full') return backend.matmul(x, metric.tensor);
  return multiply(backend, x, metric.tensor);
}

/** P S P for a symmetric S [d, d] and the metric's matrix P, exactly symmetric: a new tensor. */
export function sandwichByMetric(backend: Backend, s: Tensor, metric: Metric): Tensor {
  if (metric.kind === 'identity') return backend.clone(s);
  if (metric.kind === 'diagonal') {
    using columns = backend.transpose(metric.tensor);
    const weighted = backend.map(product.mul(input('c')), { a: s, b: metric.tensor, c: columns });
    return weighted;
  }
  using left = backend.matmul(metric.tensor, s);
  using both = backend.matmul(left, metric.tensor);
  return symmetrize(backend, both);
}

/** (A + Aᵀ) / 2, a new tensor. */
export function symmetrize(backend: Backend, a: Tensor): Tensor {
  using transposed = backend.transpose(a);
  return backend.map(input('a').add(input('b')).mul(0.5), { a, b: transposed });
}
