import type { Tensor } from '@agop/core';
import { accuracy, type Label } from '@agop/estimators';
import { type CollapseMetrics, metricsOf } from '../collapse/metrics.ts';
import { nearestMeanAgreement } from '../collapse/nc4.ts';
import type { DeepRFMStep, LayerStep } from '../layers/deep-recursive-feature-machine.ts';
import { applyLayer, normalizeRows } from '../layers/layer.ts';
import { type Assignment, assignmentOf, classifyRows, decide, layerMeasures } from './measure.ts';
import type { DeepRFMSettings } from './options.ts';
import type { LayerMeasures } from './records.ts';

/** Measures some rows on their way through the layers: the training rows, which the loop itself maps, or held-out ones, which it owns and maps. */
export class Track {
  readonly #settings: DeepRFMSettings;
  readonly #assignment: Assignment;
  readonly #classes: readonly Label[];
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
    this.#classes = classes;
    this.#name = name;
    this.#own = own;
  }

  /** Accuracy before the first layer. */
  async begin(step: DeepRFMStep): Promise<number> {
    const { backend, rowNormalization } = this.#settings;
    if (this.#own) this.#replaceOwn(normalizeRows(backend, this.#own, rowNormalization));
    const rows = this.#own ?? step.rows;
    this.#collapse = await this.#collapseOf(rows, `The ${this.#name}`);
    return accuracy(await decide(backend, await step.machine(), rows), this.#assignment.all);
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
      projected: await this.#collapseOf(projected, at('projection')),
      features: await this.#collapseOf(features, at('features')),
    };
    const classified = await classifyRows(rows, this.#assignment, at('normalised features'));
    this.#collapse = metricsOf(classified);
    const decisions = await decide(this.#settings.backend, await step.machine(), rows);
    const labels = Array.from(decisions, (index) => this.#classes[index] as Label);
    return layerMeasures(
      stages,
      nearestMeanAgreement(classified, labels),
      accuracy(decisions, this.#assignment.all),
    );
  }

  async #collapseOf(rows: Tensor, what: string): Promise<CollapseMetrics> {
    return metricsOf(await classifyRows(rows, this.#assignment, what));
  }

  #replaceOwn(rows: Tensor): void {
    this.#own?.dispose();
    this.#own = rows;
  }
}
