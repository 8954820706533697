import { type Backend, input, Scope, selectLessEqual, type Tensor } from '@agop/core';
import type { FeatureMap, MapTensors } from '../feature-maps/feature-map.ts';
import type { RowNormalization } from './options.ts';

/** What one layer has learned and drawn. Whoever made it frees its tensors. */
export interface DeepLayer {
  /** M^(1/2), which multiplies the rows: symmetric [d, d]. */
  readonly transform: Tensor;
  /** What its feature map drew. */
  readonly drawn: MapTensors;
}

/** A layer's three stages; the caller owns all of them. */
export interface LayerStages {
  /** X M^(1/2), [n, d] */
  readonly projected: Tensor;
  /** Φ(X M^(1/2)), [n, width] */
  readonly features: Tensor;
}

/**
 * Runs rows through a layer.
 *
 * @param rows [n, d], normalised as the layer expects them
 */
export function applyLayer(backend: Backend, map: FeatureMap, layer: DeepLayer, rows: Tensor): LayerStages {
  const projected = backend.matmul(rows, layer.transform);
  try {
    return { projected, features: map.apply(backend, projected, layer.drawn) };
  } catch (error) {
    projected.dispose();
    throw error;
  }
}

const unit = selectLessEqual(input('norm'), 0, 0, input('x').div(input('norm')));

/** Rows as the next layer and its kernel machine take them: a new tensor. */
export function normalizeRows(backend: Backend, x: Tensor, normalization: RowNormalization): Tensor {
  if (normalization === 'none') return backend.clone(x);
  using scope = new Scope(backend);
  return scope.keep(scope.ops.map(unit, { x, norm: scope.ops.norm(x, 1) }));
}
