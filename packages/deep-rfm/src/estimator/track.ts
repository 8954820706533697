import type { Tensor } from '@agop/core';
import type { Label } from '@agop/rfm';
import type { CollapseMetrics } from '../collapse/metrics.ts';
import type { DeepRFMStep, LayerStep } from '../layers/deep-recursive-feature-machine.ts';
import { applyLayer, normalizeRows } from '../layers/layer.ts';
import { type Assignment, assignmentOf, layerMeasures, measureAccuracy, measureCollapse } from './measure.ts';
import type { DeepRFMSettings } from './options.ts';
import type { LayerMeasures } from './records.ts';

/** Measures some rows on their way through the layers: the training rows, which the loop itself maps, or held-out ones, which it owns and maps. */
export class Track {
  readonly #settings: DeepRFMSettings;
  readonly #assignment: Assignment;
  readonly #name: string;
  /** Held-out rows at the present depth, normalised. */
  #own: Tensor | undefined;
  /** Collapse of the rows at the present depth. */
  #collapse: CollapseMetrics | undefined;

  /**
   * @param y class indices of the rows
   * @param name for error messages
   * @param own held-out rows before the first normalisation, [n, d], from now on owned here; undefined for the training rows
   */
  constructor(
    settings: DeepRFMSettings,
    y: Int32Array,
    classes: readonly Label[],
    name: string,
    own?: Tensor,
  ) {
    this.#settings = settings;
    this.#assignment = assignmentOf(y, classes);
    this.#name = name;
    this.#own = own;
  }

  /** Accuracy before the first layer. */
  async begin(step: DeepRFMStep): Promise<number> {
    const { backend, rowNormalization } = this.#settings;
    if (this.#own) this.#replaceOwn(normalizeRows(backend, this.#own, rowNormalization));
    const rows = this.#own ?? step.rows;
    this.#collapse = await measureCollapse(rows, this.#assignment, `The ${this.#name}`);
    return measureAccuracy(backend, await step.machine(), rows, this.#assignment);
  }

  /** Measures of a layer. */
  async advance(step: LayerStep): Promise<LayerMeasures> {
    if (!this.#own) return this.#measure(step, step.projected, step.features, step.rows);
    const { backend, featureMap, rowNormalization } = this.#settings;
    const { projected, features } = applyLayer(backend, featureMap, step.weights, this.#own);
    try {
      this.#replaceOwn(normalizeRows(backend, features, rowNormalization));
      return await this.#measure(step, projected, features, this.#own);
    } finally {
      projected.dispose();
      features.dispose();
    }
  }

  dispose(): void {
    this.#own?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #measure(step: LayerStep, projected: Tensor, features: Tensor, rows: Tensor): Promise<LayerMeasures> {
    const at = (what: string): string => `The ${what} of the ${this.#name} in layer ${step.layer}`;
    const stages = {
      input: this.#collapse as CollapseMetrics,
      projected: await measureCollapse(projected, this.#assignment, at('projection')),
      features: await measureCollapse(features, this.#assignment, at('features')),
    };
    this.#collapse = await measureCollapse(rows, this.#assignment, at('normalised features'));
    const machine = await step.machine();
    const accuracy = await measureAccuracy(this.#settings.backend, machine, rows, this.#assignment);
    return layerMeasures(stages, accuracy);
  }

  #replaceOwn(rows: Tensor): void {
    this.#own?.dispose();
    this.#own = rows;
  }
}
