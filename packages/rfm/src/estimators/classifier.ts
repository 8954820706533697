import { FormatError } from '@agop/core';
import {
  accuracy,
  argmaxRows,
  checkLabelCount,
  type FitOptions,
  hostLabels,
  type Label,
  LabelEncoder,
  type LabelInput,
  type MatrixInput,
  meanSquaredError,
  oneHot,
  outputLike,
  type Rows,
  readBytes,
  splitLabelled,
  type TfTensorLike,
  toHostMatrix,
  toProbabilities,
} from '@agop/estimators';
import { Estimator, type LoadOptions, type SaveOptions } from './estimator.ts';
import { decodeModel, encodeModel, restoreTrained } from './model-file.ts';
import type { EstimatorOptions } from './options.ts';
import { type Selection, train } from './training.ts';

/** Options of {@link RFMClassifier}. */
export interface ClassifierOptions extends EstimatorOptions {
  /** What chooses the best iteration: accuracy, or mean squared error of the one-hot targets. Default 'accuracy'. */
  readonly selection?: 'accuracy' | 'mse';
}

/**
 * Classification by a Recursive Feature Machine: kernel ridge regression on one-hot targets {0, 1} in a learned metric; the largest output wins.
 *
 * Features are used as they are: bring columns to comparable scales first (`@agop/data` does).
 *
 * Source: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881).
 *
 * @typeParam L type of the labels
 *
 * @example
 * using model = new RFMClassifier({ backend });
 * await model.fit(x, ['cat', 'dog', 'cat'], { validation: { x: xHeld, y: yHeld } });
 * const labels = await model.predict(xTest);
 */
export class RFMClassifier<L extends Label = Label> extends Estimator {
  readonly #selection: 'accuracy' | 'mse';
  #labels: LabelEncoder<L> | undefined;

  constructor(options: ClassifierOptions) {
    super(options);
    this.#selection = options.selection ?? 'accuracy';
  }

  /** The classes in the order of the outputs: numbers ascending, then strings, then booleans. @throws {NotFittedError} */
  get classes(): readonly L[] {
    this.requireTrained('classes');
    return this.#labels?.classes ?? [];
  }

  /**
   * Fits the model. A failure or abort leaves the estimator as it was.
   *
   * @param x samples [n, d]
   * @param y labels [n]
   * @throws {ValueError} for NaN or infinite values (with row and column), ragged or empty data, missing labels, one class only
   * @throws {UnknownLabelError} for a validation label that no training row has
   * @throws {ShapeError} where x, y and the validation data do not go together
   * @throws {DTypeError} for data that is of no accepted kind, {DisposedError} for tensors that have been disposed
   * @throws {NotPositiveDefiniteError} if the kernel matrix plus ridge is not numerically positive definite
   * @throws {OptionError} {OutOfMemoryError} {AbortedError}
   */
  async fit(
    x: MatrixInput,
    y: LabelInput<L>,
    options: FitOptions<MatrixInput, LabelInput<L>> = {},
  ): Promise<this> {
    const points = await toHostMatrix(x, 'X');
    const given = await hostLabels(y, 'y');
    checkLabelCount(points.rows, given.length, '');
    const labels = LabelEncoder.of(given, 'y');
    const classes = labels.classes.length;
    const { training, held } = await splitLabelled(
      { x: points, y: labels.encode(given, 'y') },
      labels,
      options.validation,
      this.settings.seed,
    );
    const selection = held && this.#validation(held.x, held.y, classes);
    const trained = await train(this.settings, {
      x: training.x,
      targets: oneHot(training.y, classes),
      outputs: classes,
      metric: this.#selection,
      selection,
      onIteration: options.onIteration,
      signal: options.signal,
    });
    this.adopt(trained);
    this.#labels = labels;
    return this;
  }

  /**
   * The label of the largest output for each row; the first one on ties.
   *
   * @param x samples [n, d]
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError}
   */
  async predict(x: MatrixInput): Promise<L[]> {
    const { data, outputs } = await this.rawPredictions(x);
    const { classes } = this;
    return Array.from(argmaxRows(data, outputs), (index) => classes[index] as L);
  }

  /**
   * Estimates of the class probabilities, row-major [n, classes]: outputs of the regression, which estimate them, clipped to [0, 1] and scaled to sum 1 (all
   * equal where none is positive). They are not calibrated. A `tf.Tensor` gives a `tf.Tensor`.
   *
   * @param x samples [n, d]
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError}
   */
  predictProba(x: TfTensorLike): Promise<TfTensorLike>;
  predictProba(x: MatrixInput): Promise<Float64Array>;
  async predictProba(x: MatrixInput): Promise<Float64Array | TfTensorLike> {
    const { data, rows, outputs } = await this.rawPredictions(x);
    return outputLike(x, toProbabilities(data, outputs), [rows, outputs]);
  }

  /**
   * Fraction of rows whose label is predicted right. Labels that no training row had count as wrong.
   *
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError}
   */
  async score(x: MatrixInput, y: LabelInput<L>): Promise<number> {
    const predicted = await this.predict(x);
    const labels = await hostLabels(y, 'y');
    checkLabelCount(predicted.length, labels.length, '');
    return accuracy(predicted, labels);
  }

  override async toBytes(options: SaveOptions = {}): Promise<Uint8Array> {
    return encodeModel({
      trained: this.requireTrained('save()'),
      ridge: this.settings.ridge,
      task: 'classification',
      classes: this.classes,
      extra: {},
      attachments: options.attachments ?? {},
    });
  }

  /**
   * Loads a model from a file (Node) or from its bytes.
   *
   * @typeParam L type of the labels: the caller knows what was saved
   * @throws {FormatError} for files that are truncated, foreign, of a newer version, or hold a regression
   * @throws {OptionError} for a dtype that the backend does not compute in
   * @throws {StorageError}
   */
  static async load<L extends Label = Label>(
    source: string | Uint8Array,
    options: LoadOptions,
  ): Promise<RFMClassifier<L>> {
    const decoded = decodeModel(await readBytes(source));
    const { task, classes, ridge } = decoded.description;
    if (task !== 'classification' || !classes) {
      throw new FormatError('The saved model is a regression: load it with RFMRegressor.load.');
    }
    const trained = restoreTrained(options.backend, decoded, options.kernels ?? {}, options.dtype);
    if (trained.machine.coefficients.shape[1] !== classes.length) {
      trained.dispose();
      throw new FormatError('The saved model is damaged: it has not as many outputs as classes.');
    }
    const model = new RFMClassifier<L>({
      backend: options.backend,
      kernel: trained.machine.kernel,
      ridge,
      dtype: trained.centers.dtype === 'float64' ? 'float64' : 'float32',
    });
    model.adopt(trained, decoded.attachments);
    model.#labels = new LabelEncoder(classes as L[]);
    return model;
  }

  #validation(x: Rows, y: Int32Array, classes: number): Selection {
    const targets = oneHot(y, classes);
    return this.#selection === 'accuracy'
      ? { metric: 'accuracy', better: 'higher', x, score: (p) => accuracy(argmaxRows(p, classes), y) }
      : { metric: 'mse', better: 'lower', x, score: (p) => meanSquaredError(p, targets) };
  }
}
