import { type Backend, Scope, type Tensor } from '@agop/core';
import { disposeMetric, type Kernel, KernelMachine, type Metric } from '@agop/rfm';
import type { FeatureMap } from '../feature-maps/feature-map.ts';
import { applyLayer, type DeepLayer, normalizeRows } from '../layers/layer.ts';
import type { RowNormalization } from '../layers/options.ts';

/** The stages of a layer. */
export type Stage = 'input' | 'projected' | 'features';

/** The kernel machine at one depth, without its centers. */
export interface Predictor {
  /** [n, c] */
  readonly coefficients: Tensor;
  readonly metric: Metric;
}

/** What a {@link DeepMachine} consists of; it owns all tensors. */
export interface DeepMachineParts {
  readonly backend: Backend;
  readonly kernel: Kernel;
  readonly featureMap: FeatureMap;
  readonly rowNormalization: RowNormalization;
  /** Training rows, standardized: [n, d]. */
  readonly inputs: Tensor;
  readonly layers: DeepLayer[];
  /** One for each depth: from 0 to the number of layers. */
  readonly predictors: Predictor[];
  /** Normalised training rows at some depths. */
  readonly centers: Map<number, Tensor>;
  /** Whether centers that had to be computed again are kept at every depth, or at the last one only. */
  readonly keepFeatures: boolean;
}

/** A fitted Deep RFM on a backend: layers that map rows, and a kernel machine at every depth. */
export class DeepMachine {
  readonly parts: DeepMachineParts;

  constructor(parts: DeepMachineParts) {
    this.parts = parts;
  }

  /** Number of layers. */
  get depth(): number {
    return this.parts.layers.length;
  }

  /**
   * A stage of a layer for some rows; layer 0 has only the rows themselves.
   *
   * @param x standardized rows [n, d]
   * @returns a new tensor
   */
  transform(x: Tensor, layer: number, stage: Stage): Tensor {
    const { backend, featureMap, layers } = this.parts;
    if (layer === 0) return backend.clone(x);
    using scope = new Scope(backend);
    const rows = scope.own(this.rowsAt(x, layer - 1));
    if (stage === 'input') return scope.keep(rows);
    const { projected, features } = applyLayer(scope.ops, featureMap, layers[layer - 1] as DeepLayer, rows);
    return scope.keep(stage === 'projected' ? projected : scope.own(features));
  }

  /** The normalized rows after some layers: a new tensor. */
  rowsAt(x: Tensor, layer: number): Tensor {
    const { backend, rowNormalization } = this.parts;
    using scope = new Scope(backend);
    let rows = scope.own(normalizeRows(backend, x, rowNormalization));
    for (let from = 0; from < layer; from++) rows = this.#advance(scope, rows, from);
    return scope.keep(rows);
  }

  /**
   * Outputs of the kernel machine at a depth, [n, c].
   *
   * @param x standardized rows [n, d]
   */
  predict(x: Tensor, layer: number): Tensor {
    using scope = new Scope(this.parts.backend);
    const rows = scope.own(this.rowsAt(x, layer));
    return this.#predictRows(rows, layer, this.#centersAt(layer, scope));
  }

  /** Outputs at every depth from 0 on, one after the other; the receiver owns them. Maps the rows once. */
  *predictAll(x: Tensor): Generator<Tensor, void, undefined> {
    const { backend, inputs, rowNormalization } = this.parts;
    using scope = new Scope(backend);
    let rows = scope.own(normalizeRows(backend, x, rowNormalization));
    let centers = scope.own(normalizeRows(backend, inputs, rowNormalization));
    for (let layer = 0; layer <= this.depth; layer++) {
      if (layer > 0) {
        rows = this.#advance(scope, rows, layer - 1);
        centers = this.#advance(scope, centers, layer - 1);
      }
      yield this.#predictRows(rows, layer, centers);
    }
  }

  /** Frees the layers beyond a depth, and what was fitted behind them. */
  truncate(depth: number): void {
    const { layers, predictors, centers } = this.parts;
    for (const { transform, drawn } of layers.splice(depth)) {
      transform.dispose();
      for (const tensor of Object.values(drawn)) tensor.dispose();
    }
    for (const { coefficients, metric } of predictors.splice(depth + 1)) {
      coefficients.dispose();
      disposeMetric(metric);
    }
    for (const [at, tensor] of centers) {
      if (at <= depth) continue;
      tensor.dispose();
      centers.delete(at);
    }
  }

  dispose(): void {
    const { inputs, predictors, centers } = this.parts;
    this.truncate(0);
    for (const { coefficients, metric } of predictors.splice(0)) {
      coefficients.dispose();
      disposeMetric(metric);
    }
    for (const tensor of centers.values()) tensor.dispose();
    centers.clear();
    inputs.dispose();
  }

  /** Rows one layer further, owned by the scope, which frees the old ones. */
  #advance(scope: Scope, rows: Tensor, from: number): Tensor {
    const { backend, featureMap, layers, rowNormalization } = this.parts;
    using inner = new Scope(backend);
    const { features } = applyLayer(inner.ops, featureMap, layers[from] as DeepLayer, rows);
    inner.own(features);
    const next = inner.keep(normalizeRows(inner.ops, features, rowNormalization));
    scope.own(next);
    rows.dispose();
    return next;
  }

  #predictRows(rows: Tensor, layer: number, centers: Tensor): Tensor {
    const { backend, kernel, predictors } = this.parts;
    const { coefficients, metric } = predictors[layer] as Predictor;
    using machine = new KernelMachine({
      backend,
      kernel,
      metric,
      centers,
      coefficients: backend.clone(coefficients),
    });
    return machine.predict(rows);
  }

  /**
   * The training rows at a depth: kept ones, or computed again and owned by the scope unless they are to be
   * kept.
   */
  #centersAt(layer: number, scope: Scope): Tensor {
    const { centers, inputs, keepFeatures } = this.parts;
    const kept = centers.get(layer);
    if (kept) return kept;
    const made = this.rowsAt(inputs, layer);
    if (keepFeatures || layer === this.depth) centers.set(layer, made);
    else scope.own(made);
    return made;
  }
}
