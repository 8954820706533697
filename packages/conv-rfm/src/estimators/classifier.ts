import { FormatError } from '@agop/core';
import {
  accuracy,
  argmaxRows,
  hostLabels,
  type Label,
  LabelEncoder,
  type LabelInput,
  meanSquaredNorm,
  oneHot,
  outputLike,
  readBytes,
  type TfTensorLike,
  toProbabilities,
} from '@agop/estimators';
import type { ImageInput } from '../images/image-input.ts';
import { ConvEstimator, type FitGoal, type PredictOptions } from './conv-estimator.ts';
import { type ConvLoadOptions, decodeConvModel, encodeConvModel, restoreConv } from './model-file.ts';
import type { ConvFitOptions } from './options.ts';
import { checkAnswerCount } from './samples.ts';

/**
 * Classification of images by a convolutional Recursive Feature Machine: kernel ridge regression on one-hot targets {0, 1} with the kernel of a convolutional
 * network, in a learned metric on patches; the largest output wins. With `deep`, feature layers come first (Deep ConvRFM).
 *
 * Source: Beaglehole, Radhakrishnan, Pandit, Belkin 2023 (arXiv 2309.00570).
 *
 * @typeParam L type of the labels
 *
 * @example
 * using model = new ConvRFMClassifier({ backend, kernel: convolutionalNtk({ depth: 3 }), ridge: [1e-5, 1e-3] });
 * await model.fit({ data, shape: [n, 28, 28, 1] }, labels, { validation: 0.2 });
 * const predicted = await model.predict(testImages);
 */
export class ConvRFMClassifier<L extends Label = Label> extends ConvEstimator {
  #labels: LabelEncoder<L> | undefined;

  /** The classes in the order of the outputs: numbers ascending, then strings, then booleans. @throws {NotFittedError} */
  get classes(): readonly L[] {
    this.requireTrained('classes');
    return this.#labels?.classes ?? [];
  }

  /**
   * Fits the model. A failure or abort leaves the estimator as it was.
   *
   * @param x images [n, height, width, channels]
   * @param y labels [n]
   * @throws {ShapeError} for images smaller than a patch, mixed sizes, channels that look to be first, as many images as labels missing
   * @throws {ValueError} for pixels that are not finite, missing labels, one class only
   * @throws {UnknownLabelError} for a validation label that no training image has
   * @throws {DTypeError} for data that is of no accepted kind, {DisposedError} for tensors that have been disposed
   * @throws {NotPositiveDefiniteError} if the kernel matrix plus ridge is not numerically positive definite for any ridge
   * @throws {OutOfMemoryError} before any work, if it cannot fit the memory budget
   * @throws {OptionError} {AbortedError}
   */
  async fit(
    x: ImageInput,
    y: LabelInput<L>,
    options: ConvFitOptions<ImageInput, LabelInput<L>> = {},
  ): Promise<this> {
    this.checkSelection(options.validation);
    const images = await this.images(x, 'X');
    const given = await hostLabels(y, 'y');
    checkAnswerCount(images.count, given.length, 'labels', '');
    const labels = LabelEncoder.of(given, 'y');
    const outputs = labels.classes.length;
    const samples = await this.divide({ x: images, y: labels.encode(given, 'y') }, options, {
      answers: async (some, count, prefix) => {
        const held = await hostLabels(some, `${prefix}y`);
        checkAnswerCount(count, held.length, 'labels', prefix);
        return labels.encode(held, `${prefix}y`);
      },
      take: (indices, chosen) => chosen.map((at) => indices[at] as number),
      strata: (indices) => indices,
    });
    const goal: FitGoal<Int32Array> = {
      outputs,
      targets: (indices) => oneHot(indices, outputs),
      scorer: (indices) => {
        const targets = oneHot(indices, outputs);
        return (predictions) => ({
          accuracy: accuracy(argmaxRows(predictions, outputs), indices),
          mse: meanSquaredNorm(predictions, targets, outputs),
        });
      },
    };
    await this.train(samples, goal, options);
    this.#labels = labels;
    return this;
  }

  /**
   * The label of the largest output for each image; the first one on ties.
   *
   * @param x images [n, height, width, channels]
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError} {OutOfMemoryError} {AbortedError}
   */
  async predict(x: ImageInput, options: PredictOptions = {}): Promise<L[]> {
    const { data, outputs } = await this.rawPredictions(x, options);
    const { classes } = this;
    return Array.from(argmaxRows(data, outputs), (index) => classes[index] as L);
  }

  /**
   * Outputs of the regression, row-major [n, classes]: estimates of class probabilities, which may lie outside of [0, 1]. A `tf.Tensor` gives a
   * `tf.Tensor`.
   *
   * @param x images [n, height, width, channels]
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError} {OutOfMemoryError} {AbortedError}
   */
  decisionFunction(x: TfTensorLike, options?: PredictOptions): Promise<TfTensorLike>;
  decisionFunction(x: ImageInput, options?: PredictOptions): Promise<Float64Array>;
  async decisionFunction(x: ImageInput, options: PredictOptions = {}): Promise<Float64Array | TfTensorLike> {
    const { data, count, outputs } = await this.rawPredictions(x, options);
    return outputLike(x, Float64Array.from(data), [count, outputs]);
  }

  /**
   * Estimates of the class probabilities, row-major [n, classes]: the outputs clipped to [0, 1] and scaled to sum 1 (all equal where none is positive).
   * They are not calibrated. A `tf.Tensor` gives a `tf.Tensor`.
   *
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError} {OutOfMemoryError} {AbortedError}
   */
  predictProba(x: TfTensorLike, options?: PredictOptions): Promise<TfTensorLike>;
  predictProba(x: ImageInput, options?: PredictOptions): Promise<Float64Array>;
  async predictProba(x: ImageInput, options: PredictOptions = {}): Promise<Float64Array | TfTensorLike> {
    const { data, count, outputs } = await this.rawPredictions(x, options);
    return outputLike(x, toProbabilities(data, outputs), [count, outputs]);
  }

  /**
   * Fraction of images whose label is predicted right, and the mean squared error of the one-hot targets, summed over outputs. Labels that no training
   * image had count as wrong, with targets of zeros.
   *
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError} {OutOfMemoryError} {AbortedError}
   */
  async scores(
    x: ImageInput,
    y: LabelInput<L>,
    options: PredictOptions = {},
  ): Promise<{ readonly accuracy: number; readonly mse: number }> {
    const { data, count, outputs } = await this.rawPredictions(x, options);
    const labels = await hostLabels(y, 'y');
    checkAnswerCount(count, labels.length, 'labels', '');
    const { classes } = this;
    const actual = Int32Array.from({ length: count }, (_, i) => classes.indexOf(labels[i] as L));
    const targets = new Float64Array(count * outputs);
    actual.forEach((index, row) => {
      if (index >= 0) targets[row * outputs + index] = 1;
    });
    return {
      accuracy: accuracy(argmaxRows(data, outputs), actual),
      mse: meanSquaredNorm(data, targets, outputs),
    };
  }

  /**
   * The accuracy of {@link ConvRFMClassifier.scores}.
   *
   * @throws what `scores` throws
   */
  async score(x: ImageInput, y: LabelInput<L>, options: PredictOptions = {}): Promise<number> {
    return (await this.scores(x, y, options)).accuracy;
  }

  override async toBytes(): Promise<Uint8Array> {
    const trained = this.requireTrained('save()');
    return encodeConvModel({ trained, task: 'classification', classes: this.classes, extra: {} });
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
    options: ConvLoadOptions,
  ): Promise<ConvRFMClassifier<L>> {
    const decoded = decodeConvModel(await readBytes(source));
    const { task, classes } = decoded.description;
    if (task !== 'classification' || !classes) {
      throw new FormatError('The saved model is a regression: load it with ConvRFMRegressor.load.');
    }
    const { trained, settings } = restoreConv(decoded, options, classes.length);
    const model = new ConvRFMClassifier<L>(settings);
    model.adopt(trained);
    model.#labels = new LabelEncoder(classes as L[]);
    return model;
  }
}
