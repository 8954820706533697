import type { Tensor } from '@agop/core';
import { accuracy, argmaxRows, type Label, type Rows, toHostMatrix } from '@agop/estimators';
import type { KernelMachine } from '@agop/rfm';
import { type ClassifiedFeatures, statisticsOf } from '../collapse/class-statistics.ts';
import { type CollapseDrop, collapseDrop } from '../collapse/drop.ts';
import { type CollapseMetrics, metricsOf } from '../collapse/metrics.ts';
import { nearestMeanAgreement } from '../collapse/nc4.ts';
import type { DeepRFMStep, LayerStep } from '../layers/deep-recursive-feature-machine.ts';
import { applyLayer, normalizeRows } from '../layers/layer.ts';
import type { DeepMachineParts } from './deep-machine.ts';

/** Collapse along one layer. */
export interface StageMetrics {
  /** Of X, the normalized rows that came in. */
  readonly input: CollapseMetrics;
  /** Of X M^(1/2). */
  readonly projected: CollapseMetrics;
  /** Of Φ(X M^(1/2)). */
  readonly features: CollapseMetrics;
}

/** One layer measured on some rows. */
export interface LayerMeasures extends StageMetrics {
  /**
   * How the drop of NC1 (its `ratio`) divides between projection and feature map; null where NC1 is 0
   * already.
   */
  readonly drop: CollapseDrop | null;
  /**
   * NC4: part of the rows for which the kernel machine on the layer's features decides like the nearest class
   * mean of those features. (NC3 compares class means with a classifier's weights; a kernel machine has none
   * in the space of its features.)
   */
  readonly nc4: number;
  /** Part of the rows that the kernel machine on the layer's features gets right. */
  readonly accuracy: number;
}

/** What is known of a layer after the fit. Plain data, fit for JSON. */
export interface LayerRecord {
  /** From 1. */
  readonly layer: number;
  /** Number of features that it makes. */
  readonly width: number;
  readonly train: LayerMeasures;
  /** Null without validation data. Class means are those of these rows themselves. */
  readonly heldOut: LayerMeasures | null;
  /** Seconds that the layer took. */
  readonly seconds: number;
}

/** Accuracies of the kernel machine on the data as it is. */
export interface InputRecord {
  readonly train: number;
  /** Null without validation data. */
  readonly heldOut: number | null;
}

/** How rows go from layer to layer. */
type Mapping = Pick<DeepMachineParts, 'backend' | 'featureMap' | 'rowNormalization'>;

/** Rows at one depth. */
interface DepthRows {
  readonly projected: Tensor;
  readonly features: Tensor;
  /** Features, normalized. */
  readonly rows: Tensor;
}

/** Measures some rows on their way through the layers. */
export class LayerMeter {
  /** [n], indices into all classes of the model */
  readonly #indices: ArrayLike<number>;
  /** The classes that occur: held-out rows may lack some. */
  readonly #present: readonly Label[];
  /** [n], indices into `present` */
  readonly #assignment: Int32Array;
  readonly #classes: readonly Label[];
  readonly #name: string;
  /** Collapse of the rows at the present depth. */
  #collapse: CollapseMetrics | undefined;

  /**
   * @param y class indices of the rows
   * @param classes all classes of the model
   * @param name of the rows, for messages
   */
  constructor({ data }: Rows, classes: readonly Label[], name: string) {
    const occurring = [...new Set(Array.from(data))].sort((a, b) => a - b);
    const position = new Map(occurring.map((index, own) => [index, own]));
    this.#indices = data;
    this.#present = occurring.map((index) => classes[index] as Label);
    this.#assignment = Int32Array.from(data, (index) => position.get(index) as number);
    this.#classes = classes;
    this.#name = name;
  }

  /** Accuracy before the first layer. */
  async begin(step: DeepRFMStep, rows: Tensor): Promise<number> {
    this.#collapse = metricsOf(await this.#classify(rows, `The ${this.#name}`));
    return accuracy(await decide(await step.machine(), rows), this.#indices);
  }

  /** Measures of a layer. */
  async measure(step: LayerStep, { projected, features, rows }: DepthRows): Promise<LayerMeasures> {
    const at = (what: string): string => `The ${what} of the ${this.#name} in layer ${step.layer}`;
    const stages = {
      input: this.#collapse as CollapseMetrics,
      projected: metricsOf(await this.#classify(projected, at('projection'))),
      features: metricsOf(await this.#classify(features, at('features'))),
    };
    const classified = await this.#classify(rows, at('normalised features'));
    this.#collapse = metricsOf(classified);
    const decisions = await decide(await step.machine(), rows);
    const labels = Array.from(decisions, (index) => this.#classes[index] as Label);
    return {
      ...stages,
      drop: dropOf(stages),
      nc4: nearestMeanAgreement(classified, labels),
      accuracy: accuracy(decisions, this.#indices),
    };
  }

  async #classify(rows: Tensor, what: string): Promise<ClassifiedFeatures> {
    const matrix = await toHostMatrix(rows, what);
    return { matrix, statistics: statisticsOf(matrix, this.#assignment, this.#present) };
  }
}

/** Rows beside the fit: maps them from layer to layer, as the loop does its own, and measures them. */
export class HeldOutRows implements Disposable {
  readonly #mapping: Mapping;
  readonly #meter: LayerMeter;
  /** The rows at the present depth, normalized but for the first moment. */
  #rows: Tensor;

  /** @param rows before the first normalization, [n, d], from now on owned here */
  constructor(mapping: Mapping, meter: LayerMeter, rows: Tensor) {
    this.#mapping = mapping;
    this.#meter = meter;
    this.#rows = rows;
  }

  begin(step: DeepRFMStep): Promise<number> {
    const { backend, rowNormalization } = this.#mapping;
    this.#replace(normalizeRows(backend, this.#rows, rowNormalization));
    return this.#meter.begin(step, this.#rows);
  }

  async advance(step: LayerStep): Promise<LayerMeasures> {
    const { backend, featureMap, rowNormalization } = this.#mapping;
    const { projected, features } = applyLayer(backend, featureMap, step.weights, this.#rows);
    try {
      this.#replace(normalizeRows(backend, features, rowNormalization));
      return await this.#meter.measure(step, { projected, features, rows: this.#rows });
    } finally {
      projected.dispose();
      features.dispose();
    }
  }

  [Symbol.dispose](): void {
    this.#rows.dispose();
  }

  #replace(rows: Tensor): void {
    this.#rows.dispose();
    this.#rows = rows;
  }
}

/** Index of the largest output at each row. */
async function decide(machine: KernelMachine, rows: Tensor): Promise<Int32Array> {
  using outputs = machine.predict(rows);
  return argmaxRows(await outputs.read(), outputs.shape[1] as number);
}

function dropOf({ input, projected, features }: StageMetrics): LayerMeasures['drop'] {
  const ratios = {
    input: input.nc1.ratio,
    projected: projected.nc1.ratio,
    features: features.nc1.ratio,
  };
  return Math.min(...Object.values(ratios)) > 0 ? collapseDrop(ratios) : null;
}
