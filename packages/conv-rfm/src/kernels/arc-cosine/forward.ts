import { type Backend, floatDType, input, machineEpsilon, Scope, type Tensor } from '@agop/core';
import { type PositionGrid, positionsOf } from '../../images/geometry.ts';
import type { FieldPair, FieldPlan } from '../field-kernel.ts';
import * as e from './expressions.ts';

const root = input('v').sqrt();
const scaledSquare = input('r').mul(input('r')).mul(input('factor'));

/**
 * Roots of the variances of each layer: first |u| / √channels; a rectifier (scaled to keep them) leaves
 * variances alone, a convolution sums them over windows.
 */
export function standardDeviations(ops: Backend, lengths: Tensor, plan: FieldPlan): Tensor[] {
  using scope = new Scope(ops);
  let variance = scope.ops.map(scaledSquare, { r: lengths, factor: 1 / plan.channels });
  const roots = plan.grids.map((_, layer) => {
    if (layer > 0) variance = scope.own(nextLayer(ops, variance, plan, layer));
    return scope.ops.map(root, { v: variance });
  });
  for (const tensor of roots) scope.keep(tensor);
  return roots;
}

/** Covariances of the first layer, u · v / channels: [P · x.count, z.count]. */
export function firstCovariances(ops: Backend, { x, z, plan }: FieldPair): Tensor {
  return ops.matmul(x.patches, z.patches, {
    transposeA: true,
    alpha: 1 / plan.channels,
    batches: positionsOf(plan),
  });
}

/** N of a layer: products of the standard deviations, [P · x.count, z.count]. */
export function norms(ops: Backend, { x, z, plan }: FieldPair, layer: number): Tensor {
  const batches = positionsOf(plan, layer);
  return ops.matmul(x.scales[layer] as Tensor, z.scales[layer] as Tensor, { transposeA: true, batches });
}

/** Sums a field of layer - 1 over the windows of a layer. */
export function nextLayer(ops: Backend, field: Tensor, plan: FieldPlan, layer: number): Tensor {
  const { height, width } = plan.grids[layer - 1] as PositionGrid;
  return ops.windowSums(field, { height, width, size: plan.patchSize, padding: plan.layerPadding });
}

/** The transposed operation: a field of a layer spread over the windows, a field of layer - 1. */
export function previousLayer(ops: Backend, field: Tensor, plan: FieldPlan, layer: number): Tensor {
  const { height, width } = plan.grids[layer] as PositionGrid;
  const { patchSize: size, layerPadding } = plan;
  return ops.windowSums(field, { height, width, size, padding: size - 1 - layerPadding });
}

/**
 * Covariances after the last layer, plus tangents with `tangent`: the neural network Gaussian process kernel,
 * or the neural tangent kernel, at each position.
 *
 * Between layers two fields are kept: S, the covariance, and T, the tangent with the layer's own weights
 * counted. Their windows sum N k1(c) and N k1(c) + T k0(c).
 */
export function arcCosineValues(ops: Backend, pair: FieldPair, tangent: boolean): Tensor {
  using scope = new Scope(ops);
  const { plan } = pair;
  const last = plan.grids.length - 1;
  let s = scope.own(firstCovariances(ops, pair));
  let t = s;
  const epsilon = machineEpsilon(floatDType(s));
  for (let layer = 0; layer < last; layer++) {
    using parts = new Scope(ops);
    const n = parts.own(norms(ops, pair, layer));
    if (!tangent) {
      const covariance = parts.ops.map(e.covarianceAlone, { s, n, epsilon }, { out: n });
      s.dispose();
      s = scope.own(nextLayer(ops, covariance, plan, layer + 1));
      continue;
    }
    const a = parts.ops.map(e.slope, { s, n, epsilon });
    const covariance = parts.ops.map(e.covariance, { s, n, a, epsilon }, { out: n });
    const both = parts.ops.map(e.withTangent, { s: covariance, t, a }, { out: a });
    s.dispose();
    t.dispose();
    s = scope.own(nextLayer(ops, covariance, plan, layer + 1));
    t = scope.own(nextLayer(ops, both, plan, layer + 1));
  }
  const n = scope.own(norms(ops, pair, last));
  if (!tangent) return scope.keep(ops.map(e.covarianceAlone, { s, n, epsilon }, { out: n }));
  return scope.keep(ops.map(e.covarianceAndTangent, { s, t, n, epsilon }, { out: n }));
}
