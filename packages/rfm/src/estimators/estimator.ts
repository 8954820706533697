import { type FloatDType, Scope, ShapeError, type TypedArray } from '@agop/core';
import {
  type IterationRecord,
  type MatrixInput,
  ModelHolder,
  toHostMatrix,
  uploadRows,
  writeFileAtomically,
} from '@agop/estimators';
import type { KernelFactory } from '../kernels/serialization.ts';
import type { KernelMachine } from '../machine/kernel-machine.ts';
import type { Metric } from '../metric/metric.ts';
import {
  type EstimatorOptions,
  type EstimatorSettings,
  estimatorSettings,
  type HostMetric,
} from './options.ts';
import { metricOnHost, type Trained } from './training.ts';

/** Options of loading a model. */
export interface LoadOptions extends Pick<EstimatorOptions, 'backend'> {
  /** Precision to compute in. Default that of the file, or the backend's preferred one where it has not that. */
  readonly dtype?: FloatDType;
  /** Factories of the user's own kernels, by name. */
  readonly kernels?: Readonly<Record<string, KernelFactory>>;
}

/** Options of saving a model. */
export interface SaveOptions {
  /** Texts that travel with the model, e.g. a preprocessing as JSON; they come back as `attachments`. */
  readonly attachments?: Readonly<Record<string, string>>;
}

/** Raw predictions for some rows. */
export interface RawPredictions {
  /** [rows, outputs], row-major */
  readonly data: TypedArray;
  readonly rows: number;
  readonly outputs: number;
}

/** What {@link RFMRegressor} and {@link RFMClassifier} share: the fitted machine and what can be asked of it. */
export abstract class Estimator extends ModelHolder<Trained> {
  protected readonly settings: EstimatorSettings;
  #attachments: Readonly<Record<string, string>> = {};

  constructor(options: EstimatorOptions) {
    super();
    this.settings = estimatorSettings(options);
  }

  /** The kept iteration: 0 is plain kernel regression. @throws {NotFittedError} */
  get best(): number {
    return this.requireTrained('best').best;
  }

  /** The validation metric of each iteration. @throws {NotFittedError} */
  get history(): readonly IterationRecord[] {
    return this.requireTrained('history').history;
  }

  /** The metric of each iteration, with the option `keepMetrics`. @throws {NotFittedError} */
  get metrics(): readonly HostMetric[] | undefined {
    return this.requireTrained('metrics').metrics;
  }

  /** The kernel machine, for those who build on it; owned by the estimator. @throws {NotFittedError} */
  get machine(): KernelMachine {
    return this.requireTrained('machine').machine;
  }

  /** Texts that were saved with the model. */
  get attachments(): Readonly<Record<string, string>> {
    return this.#attachments;
  }

  /**
   * The learned metric: [d, d], or [1, d] where only weights were learned (the identity: ones).
   *
   * @throws {NotFittedError}
   */
  async metric(): Promise<HostMetric> {
    const { machine, centers } = this.requireTrained('metric()');
    return metricOnHost(machine.metric, centers.shape[1] as number);
  }

  /**
   * How much each feature matters: the diagonal of the learned metric M, scaled to sum 1, length d. Where plain kernel regression was best,
   * the diagonal of its AGOP, which would be the next metric.
   *
   * @throws {NotFittedError}
   */
  async featureImportances(): Promise<Float64Array> {
    const { machine } = this.requireTrained('featureImportances()');
    const weights = await diagonalOf(machine);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return total > 0 ? weights.map((weight) => weight / total) : weights;
  }

  /**
   * The model as the bytes of one safetensors file: centers, coefficients and metric in the dtype of the fit, everything else as JSON.
   *
   * @throws {NotFittedError}
   */
  abstract toBytes(options?: SaveOptions): Promise<Uint8Array>;

  /**
   * Writes {@link Estimator.toBytes} to a file, through a temporary one that is renamed: an old file survives any failure. Node only.
   *
   * @throws {NotFittedError} {StorageError}
   */
  async save(path: string, options?: SaveOptions): Promise<void> {
    await writeFileAtomically(path, await this.toBytes(options));
  }

  /** Takes over a new model and frees the old one. */
  protected override adopt(trained: Trained, attachments: Readonly<Record<string, string>> = {}): void {
    super.adopt(trained);
    this.#attachments = attachments;
  }

  protected async rawPredictions(x: MatrixInput): Promise<RawPredictions> {
    const { machine, centers } = this.requireTrained('predict()');
    const rows = await toHostMatrix(x, 'X');
    const features = centers.shape[1] as number;
    if (rows.columns !== features) {
      throw new ShapeError(
        `X has ${rows.columns} columns, but the model was fitted on ${features} features.`,
      );
    }
    using scope = new Scope(machine.backend);
    const dtype = centers.dtype === 'float64' ? 'float64' : 'float32';
    const points = scope.own(uploadRows(machine.backend, rows, dtype, 'X'));
    const predictions = scope.own(machine.predict(points));
    const outputs = machine.coefficients.shape[1] as number;
    return { data: await predictions.read(), rows: rows.rows, outputs };
  }
}

async function diagonalOf(machine: KernelMachine): Promise<Float64Array> {
  using scope = new Scope(machine.backend);
  const { ops } = scope;
  const metric: Metric = machine.metric;
  if (metric.kind === 'identity') {
    return Float64Array.from(await scope.own(machine.agop(machine.centers, { diagonal: true })).read());
  }
  // A transform A stands for the metric M = A², whose diagonal holds the squared row norms.
  const entries =
    metric.kind === 'diagonal'
      ? metric.tensor
      : metric.form === 'transform'
        ? ops.norm(metric.tensor, 1)
        : ops.diagonal(metric.tensor);
  const values = Float64Array.from(await entries.read());
  return metric.form === 'transform' ? values.map((value) => value * value) : values;
}
