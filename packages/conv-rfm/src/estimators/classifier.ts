import { FormatError, isTfTensor, ShapeError, type TfTensorLike, toHostVector } from '@agop/core';
import { holdOut, type Label, LabelEncoder, type LabelInput, oneHot, takeRows } from '@agop/rfm';
import type { HostImages, ImageInput } from '../images/host-images.ts';
import { ConvEstimator, inKind, modelBytes, type PredictOptions } from './conv-estimator.ts';
import { type ConvLoadOptions, decodeConvModel, encodeConvModel, restoreConv } from './model-file.ts';
import { type ConvFitOptions, checkSizes } from './options.ts';
import { accuracy, argmaxRows, meanSquaredError } from './scores.ts';
import { type ScoredImages, trainConv } from './training.ts';

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
   * @throws {NotPositiveDefiniteError} if the kernel matrix plus ridge is not numerically positive definite for any ridge
   * @throws {OutOfMemoryError} before any work, if it cannot fit the memory budget
   * @throws {OptionError} {AbortedError}
   */
  async fit(
    x: ImageInput,
    y: LabelInput<L>,
    options: ConvFitOptions<ImageInput, LabelInput<L>> = {},
  ): Promise<this> {
    this.checkSelection(options.validation as ConvFitOptions<never, never>['validation']);
    const images = await this.images(x, 'X');
    const given = await hostLabels(y);
    checkCount(images.count, given.length, '');
    const labels = LabelEncoder.of(given, 'y');
    const outputs = labels.classes.length;
    const parts = await this.#split(images, labels.encode(given, 'y'), labels, options.validation);
    const { held } = parts;
    const test = options.test && (await this.#labelled(images, options.test, labels, 'test '));
    const scored = ({ x: some, y: right }: Labelled): ScoredImages => {
      const targets = oneHot(right, outputs);
      return {
        x: some,
        score: (predictions) => ({
          accuracy: accuracy(argmaxRows(predictions, outputs), right),
          mse: meanSquaredError(predictions, targets, outputs),
        }),
      };
    };
    const { onProgress, onIteration, signal } = options;
    const trained = await trainConv(this.settings, {
      x: parts.x,
      targets: oneHot(parts.y, outputs),
      outputs,
      held: held && scored(held),
      test: test && scored(test),
      ...(onProgress && { onProgress }),
      ...(onIteration && { onIteration }),
      ...(signal && { signal }),
    });
    this.adopt(trained);
    this.#labels = labels;
    return this;
  }

  /**
   * The label of the largest output for each image; the first one on ties.
   *
   * @param x images [n, height, width, channels]
   * @throws {NotFittedError} {ValueError} {ShapeError} {AbortedError}
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
   * @throws {NotFittedError} {ValueError} {ShapeError} {AbortedError}
   */
  decisionFunction(x: TfTensorLike, options?: PredictOptions): Promise<TfTensorLike>;
  decisionFunction(x: ImageInput, options?: PredictOptions): Promise<Float64Array>;
  async decisionFunction(x: ImageInput, options: PredictOptions = {}): Promise<Float64Array | TfTensorLike> {
    const { data, count, outputs } = await this.rawPredictions(x, options);
    return inKind(x, Float64Array.from(data), [count, outputs]);
  }

  /**
   * Estimates of the class probabilities, row-major [n, classes]: the outputs clipped to [0, 1] and scaled to sum 1 (all equal where none is positive).
   * They are not calibrated. A `tf.Tensor` gives a `tf.Tensor`.
   *
   * @throws {NotFittedError} {ValueError} {ShapeError} {AbortedError}
   */
  predictProba(x: TfTensorLike, options?: PredictOptions): Promise<TfTensorLike>;
  predictProba(x: ImageInput, options?: PredictOptions): Promise<Float64Array>;
  async predictProba(x: ImageInput, options: PredictOptions = {}): Promise<Float64Array | TfTensorLike> {
    const { data, count, outputs } = await this.rawPredictions(x, options);
    return inKind(x, toProbabilities(data, outputs), [count, outputs]);
  }

  /**
   * Fraction of images whose label is predicted right, and the mean squared error of the one-hot targets, summed over outputs. Labels that no training
   * image had count as wrong, with targets of zeros.
   *
   * @throws {NotFittedError} {ValueError} {ShapeError} {AbortedError}
   */
  async scores(
    x: ImageInput,
    y: LabelInput<L>,
    options: PredictOptions = {},
  ): Promise<{ readonly accuracy: number; readonly mse: number }> {
    const { data, count, outputs } = await this.rawPredictions(x, options);
    const labels = await hostLabels(y);
    checkCount(count, labels.length, '');
    const { classes } = this;
    const actual = Int32Array.from({ length: count }, (_, i) => classes.indexOf(labels[i] as L));
    const targets = new Float64Array(count * outputs);
    actual.forEach((index, row) => {
      if (index >= 0) targets[row * outputs + index] = 1;
    });
    return {
      accuracy: accuracy(argmaxRows(data, outputs), actual),
      mse: meanSquaredError(data, targets, outputs),
    };
  }

  /** The accuracy of {@link ConvRFMClassifier.scores}. */
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
   * @throws {StorageError}
   */
  static async load<L extends Label = Label>(
    source: string | Uint8Array,
    options: ConvLoadOptions,
  ): Promise<ConvRFMClassifier<L>> {
    const decoded = decodeConvModel(await modelBytes(source));
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

  async #labelled(
    like: HostImages,
    given: { readonly x: ImageInput; readonly y: LabelInput<L> },
    labels: LabelEncoder<L>,
    prefix: string,
  ): Promise<Labelled> {
    const x = await this.images(given.x, `${prefix}X`);
    const y = await hostLabels(given.y);
    checkCount(x.count, y.length, prefix);
    checkSizes(x, like, prefix);
    return { x, y: labels.encode(y, `${prefix}y`) };
  }

  async #split(
    x: HostImages,
    y: Int32Array,
    labels: LabelEncoder<L>,
    validation: ConvFitOptions<ImageInput, LabelInput<L>>['validation'],
  ): Promise<Split> {
    if (validation === undefined) return { x, y, held: undefined };
    if (typeof validation !== 'number') {
      return { x, y, held: await this.#labelled(x, validation, labels, 'validation ') };
    }
    const rows = holdOut(x.count, validation, this.settings.recursion.seed, y);
    const part = (chosen: Int32Array): Labelled => ({
      x: chosenImages(x, chosen),
      y: chosen.map((row) => y[row] as number),
    });
    return { ...part(rows.training), held: part(rows.held) };
  }
}

interface Labelled {
  readonly x: HostImages;
  /** Indices of classes. */
  readonly y: Int32Array;
}

interface Split extends Labelled {
  readonly held: Labelled | undefined;
}

/** Some of the images. */
export function chosenImages(x: HostImages, chosen: Int32Array): HostImages {
  const pixels = x.height * x.width * x.channels;
  return { ...x, count: chosen.length, data: takeRows(x.data, pixels, chosen) };
}

async function hostLabels<L extends Label>(labels: LabelInput<L>): Promise<ArrayLike<L>> {
  if (!isTfTensor(labels)) return labels;
  // A tf.Tensor holds numbers, so that L is number.
  const { data } = await toHostVector(labels, 'y');
  return Array.from(data) as L[];
}

function checkCount(images: number, labels: number, prefix: string): void {
  if (images !== labels) {
    throw new ShapeError(`${prefix}X has ${images} images, but ${prefix}y has ${labels} labels.`);
  }
}

function toProbabilities(outputs: ArrayLike<number>, classes: number): Float64Array {
  const probabilities = Float64Array.from(outputs, (output) => Math.min(1, Math.max(0, output)));
  for (let begin = 0; begin < probabilities.length; begin += classes) {
    const row = probabilities.subarray(begin, begin + classes);
    const total = row.reduce((sum, value) => sum + value, 0);
    for (let j = 0; j < classes; j++) row[j] = total > 0 ? (row[j] as number) / total : 1 / classes;
  }
  return probabilities;
}
