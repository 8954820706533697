import { FormatError, ShapeError } from '@agop/core';
import {
  type FitOptions,
  holdOut,
  type MatrixInput,
  meanAbsoluteError,
  meanSquaredError,
  measureScale,
  outputLike,
  type Rows,
  readBytes,
  restore,
  restoredScale,
  rSquared,
  savedScale,
  standardize,
  type TargetScale,
  type TfTensorLike,
  takeRows,
  toHostMatrix,
  unitScale,
} from '@agop/estimators';
import { Estimator, type LoadOptions, type SaveOptions } from './estimator.ts';
import { decodeModel, encodeModel, restoreTrained } from './model-file.ts';
import type { EstimatorOptions } from './options.ts';
import { type Selection, train } from './training.ts';

/** Options of {@link RFMRegressor}. */
export interface RegressorOptions extends EstimatorOptions {
  /** What chooses the best iteration: mean squared or mean absolute error, in the units of y. Default 'mse'. */
  readonly selection?: 'mse' | 'mae';
  /**
   * Subtract the mean of each output and divide by its standard deviation before the fit, and undo it in predictions, so that predictions far from all data tend to
   * the mean. Default true; the published RFM program does not.
   */
  readonly standardizeTargets?: boolean;
}

const metrics = { mse: meanSquaredError, mae: meanAbsoluteError };

/**
 * Regression by a Recursive Feature Machine: kernel ridge regression that learns its metric.
 *
 * Features are used as they are: bring columns to comparable scales first (`@agop/data` does). With the default metric update M is not influenced by the
 * scale of y.
 *
 * Source: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881).
 *
 * @example
 * using model = new RFMRegressor({ backend, kernel: laplace({ bandwidth: 10 }), ridge: 1e-3 });
 * await model.fit(xTrain, yTrain, { validation: 0.2 });
 * const predictions = await model.predict(xTest);
 */
export class RFMRegressor extends Estimator {
  readonly #selection: 'mse' | 'mae';
  readonly #standardize: boolean;
  #scale: TargetScale = unitScale(1);
  #singleOutput = true;

  constructor(options: RegressorOptions) {
    super(options);
    this.#selection = options.selection ?? 'mse';
    this.#standardize = options.standardizeTargets ?? true;
  }

  /**
   * Fits the model. A failure or abort leaves the estimator as it was.
   *
   * @param x samples [n, d]
   * @param y targets [n], or [n, outputs]
   * @throws {ValueError} for NaN or infinite values (with row and column), ragged or empty data, constant targets
   * @throws {ShapeError} where x, y and the validation data do not go together
   * @throws {DTypeError} for data that is of no accepted kind, {DisposedError} for tensors that have been disposed
   * @throws {NotPositiveDefiniteError} if the kernel matrix plus ridge is not numerically positive definite
   * @throws {OptionError} {OutOfMemoryError} {AbortedError}
   */
  async fit(
    x: MatrixInput,
    y: MatrixInput,
    options: FitOptions<MatrixInput, MatrixInput> = {},
  ): Promise<this> {
    const points = await toHostMatrix(x, 'X');
    const targets = await toHostMatrix(y, 'y');
    checkPairs(points, targets, '');
    const outputs = targets.columns;
    const parts = await this.#split(points, targets, options.validation);
    const scale = this.#standardize ? measureScale(parts.targets.data, outputs) : unitScale(outputs);
    const held = parts.held;
    const compare = metrics[this.#selection];
    const selection: Selection | undefined = held && {
      metric: this.#selection,
      better: 'lower',
      x: held.x,
      score: (predictions) => compare(restore(predictions, scale), held.y.data),
    };
    const trained = await train(this.settings, {
      x: parts.x,
      targets: standardize(parts.targets.data, scale),
      outputs,
      metric: this.#selection,
      selection,
      onIteration: options.onIteration,
      signal: options.signal,
    });
    this.adopt(trained);
    this.#scale = scale;
    this.#singleOutput = outputs === 1;
    return this;
  }

  /**
   * Predictions in the units of y, row-major: length n for one output, else n · outputs. A `tf.Tensor` gives a `tf.Tensor`.
   *
   * @param x samples [n, d]
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError}
   */
  predict(x: TfTensorLike): Promise<TfTensorLike>;
  predict(x: MatrixInput): Promise<Float64Array>;
  async predict(x: MatrixInput): Promise<Float64Array | TfTensorLike> {
    const { data, rows, outputs } = await this.rawPredictions(x);
    return outputLike(x, restore(data, this.#scale), this.#singleOutput ? [rows] : [rows, outputs]);
  }

  /**
   * Coefficient of determination R² of the predictions, averaged over outputs: 1 is perfect, 0 is no better than the mean.
   *
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError}
   */
  async score(x: MatrixInput, y: MatrixInput): Promise<number> {
    const targets = await toHostMatrix(y, 'y');
    const { data, rows, outputs } = await this.rawPredictions(x);
    checkPairs({ rows }, targets, '');
    if (targets.columns !== outputs) {
      throw new ShapeError(`y has ${targets.columns} columns, but the model predicts ${outputs} outputs.`);
    }
    return rSquared(restore(data, this.#scale), targets.data, outputs);
  }

  override async toBytes(options: SaveOptions = {}): Promise<Uint8Array> {
    return encodeModel({
      trained: this.requireTrained('save()'),
      ridge: this.settings.ridge,
      task: 'regression',
      singleOutput: this.#singleOutput,
      extra: savedScale(this.#scale),
      attachments: options.attachments ?? {},
    });
  }

  /**
   * Loads a model from a file (Node) or from its bytes.
   *
   * @throws {FormatError} for files that are truncated, foreign, of a newer version, or hold a classifier
   * @throws {OptionError} for a dtype that the backend does not compute in
   * @throws {StorageError}
   */
  static async load(source: string | Uint8Array, options: LoadOptions): Promise<RFMRegressor> {
    const decoded = decodeModel(await readBytes(source));
    if (decoded.description.task !== 'regression') {
      throw new FormatError('The saved model is a classifier: load it with RFMClassifier.load.');
    }
    const scale = restoredScale(decoded.tensors);
    const trained = restoreTrained(options.backend, decoded, options.kernels ?? {}, options.dtype);
    const model = new RFMRegressor({
      backend: options.backend,
      kernel: trained.machine.kernel,
      ridge: decoded.description.ridge,
      dtype: trained.centers.dtype === 'float64' ? 'float64' : 'float32',
    });
    model.adopt(trained, decoded.attachments);
    model.#scale = scale;
    model.#singleOutput = decoded.description.singleOutput ?? scale.mean.length === 1;
    return model;
  }

  async #split(
    x: Rows,
    y: Rows,
    validation: FitOptions<MatrixInput, MatrixInput>['validation'],
  ): Promise<Split> {
    if (validation === undefined) return { x, targets: y, held: undefined };
    if (typeof validation !== 'number') {
      const held = {
        x: await toHostMatrix(validation.x, 'validation X'),
        y: await toHostMatrix(validation.y, 'validation y'),
      };
      checkPairs(held.x, held.y, 'validation ');
      if (held.x.columns !== x.columns || held.y.columns !== y.columns) {
        throw new ShapeError('Validation X and y must have as many columns as X and y.');
      }
      return { x, targets: y, held };
    }
    const rows = holdOut(x.rows, validation, this.settings.seed);
    const part = ({ data, columns }: Rows, chosen: Int32Array): Rows => ({
      data: takeRows(data, columns, chosen),
      rows: chosen.length,
      columns,
    });
    return {
      x: part(x, rows.training),
      targets: part(y, rows.training),
      held: { x: part(x, rows.held), y: part(y, rows.held) },
    };
  }
}

interface Split {
  readonly x: Rows;
  readonly targets: Rows;
  readonly held: { readonly x: Rows; readonly y: Rows } | undefined;
}

function checkPairs(x: { readonly rows: number }, y: { readonly rows: number }, prefix: string): void {
  if (x.rows !== y.rows) {
    throw new ShapeError(`${prefix}X has ${x.rows} rows, but ${prefix}y has ${y.rows}.`);
  }
}
