import { type Backend, input, Scope, type Tensor } from '@agop/core';
import { type Grid, positionsOf } from '../../images/geometry.ts';
import type { FieldPlan, Fields } from '../field-kernel.ts';

const root = input('v').sqrt();
const scaledSquare = input('r').mul(input('r')).mul(input('factor'));

/**
 * Roots of the variances of each layer: first |u| / √channels; a rectifier (scaled to keep them) leaves variances alone, a convolution sums
 * them over windows.
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
export function firstCovariances(ops: Backend, x: Fields, z: Fields, plan: FieldPlan): Tensor {
  return ops.matmul(x.patches, z.patches, {
    transposeA: true,
    alpha: 1 / plan.channels,
    batches: positionsOf(plan.grids[0] as Grid),
  });
}

/** N of a layer: products of the standard deviations, [P · x.count, z.count]. */
export function norms(ops: Backend, x: Fields, z: Fields, plan: FieldPlan, layer: number): Tensor {
  const batches = positionsOf(plan.grids[layer] as Grid);
  return ops.matmul(x.scales[layer] as Tensor, z.scales[layer] as Tensor, { transposeA: true, batches });
}

/** Sums a field of layer - 1 over the windows of a layer. */
export function nextLayer(ops: Backend, field: Tensor, plan: FieldPlan, layer: number): Tensor {
  const { height, width } = plan.grids[layer - 1] as Grid;
  return ops.windowSums(field, { height, width, size: plan.size, padding: plan.layerPadding });
}

/** The transposed operation: a field of a layer spread over the windows, a field of layer - 1. */
export function previousLayer(ops: Backend, field: Tensor, plan: FieldPlan, layer: number): Tensor {
  const { height, width } = plan.grids[layer] as Grid;
  return ops.windowSums(field, {
    height,
    width,
    size: plan.size,
    padding: plan.size - 1 - plan.layerPadding,
  });
}

/** Distance from 1 to the next number of a tensor's dtype. */
export function epsilonOf(tensor: Tensor): number {
  return tensor.dtype === 'float64' ? Number.EPSILON : 2 ** -23;
}
