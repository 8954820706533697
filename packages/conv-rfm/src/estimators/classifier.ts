import { ShapeError } from '@agop/core';
import {
  accuracy,
  argmaxRows,
  type Classification,
  classification,
  hostLabels,
  type Label,
  type LabeledBy,
  type LabelInput,
  type LabelOf,
  loadModel,
  type ModelSource,
  meanSquaredNorm,
  type OutputLike,
  outputLike,
  type TfTensorLike,
  toProbabilities,
} from '@agop/estimators';
import type { ImageInput } from '../images/image-input.ts';
import { ConvEstimator } from './conv-estimator.ts';
import type { ConvFitOptions, PredictOptions } from './events.ts';
import type { ConvEstimatorOptions } from './options.ts';
import { type ConvLoadOptions, convRfm } from './trainer.ts';

/**
 * Classification of images by a convolutional Recursive Feature Machine: kernel ridge regression on one-hot
 * targets {0, 1} with the kernel of a convolutional network, in a learned metric on patches; the largest
 * output wins. With `deep`, feature layers come first (Deep ConvRFM).
 *
 * Source: Beaglehole, Radhakrishnan, Pandit, Belkin 2023 (arXiv 2309.00570).
 *
 * @typeParam L type of the labels
 *
 * @example
 * const kernel = convolutionalNtk({ depth: 3 });
 * using model = new ConvRFMClassifier({ backend, kernel, ridge: [1e-5, 1e-3] });
 * await model.fit({ data, shape: [n, 28, 28, 1] }, labels, { validation: 0.2 });
 * const predicted = await model.predict(testImages);
 */
export class ConvRFMClassifier<L extends Label = Label> extends ConvEstimator<Classification<L>> {
  /** @throws {OptionError} for an option out of range, and a dtype that the backend does not compute in */
  constructor(options: ConvEstimatorOptions) {
    super(classification(), options);
  }

  override fit<Y extends LabelInput<L>>(
    x: ImageInput,
    y: Y,
    options?: ConvFitOptions<ImageInput, LabelInput<L>>,
  ): Promise<LabeledBy<LabelOf<Y>, [x: ImageInput, options?: PredictOptions]> & this>;
  override fit(
    x: ImageInput,
    y: LabelInput<L>,
    options?: ConvFitOptions<ImageInput, LabelInput<L>>,
  ): Promise<this> {
    return super.fit(x, y, options);
  }

  /** The classes in the order of the outputs: numbers, strings, then booleans. @throws {NotFittedError} */
  get classes(): readonly L[] {
    return this.requireTrained('classes').coding.classes;
  }

  /**
   * Outputs of the regression, row-major [n, classes]: estimates of class probabilities, which may lie
   * outside of [0, 1]. A `tf.Tensor` gives a `tf.Tensor`.
   *
   * @param x images [n, height, width, channels]
   * @throws what `predict` throws
   */
  decisionFunction<X extends ImageInput>(x: X, options?: PredictOptions): Promise<OutputLike<X>>;
  async decisionFunction(x: ImageInput, options?: PredictOptions): Promise<Float64Array | TfTensorLike> {
    return this.withModel('decisionFunction()', async ({ coding }) => {
      const outputs = await this.outputs(x, options);
      return outputLike(x, Float64Array.from(outputs), [outputs.length / coding.outputs, coding.outputs]);
    });
  }

  /**
   * Estimates of the class probabilities, row-major [n, classes]: the outputs clipped to [0, 1] and scaled to
   * sum 1 (all equal where none is positive). They are not calibrated. A `tf.Tensor` gives a `tf.Tensor`.
   *
   * @throws what `predict` throws
   */
  predictProba<X extends ImageInput>(x: X, options?: PredictOptions): Promise<OutputLike<X>>;
  async predictProba(x: ImageInput, options?: PredictOptions): Promise<Float64Array | TfTensorLike> {
    return this.withModel('predictProba()', async ({ coding }) => {
      const outputs = toProbabilities(await this.outputs(x, options), coding.outputs);
      return outputLike(x, outputs, [outputs.length / coding.outputs, coding.outputs]);
    });
  }

  /**
   * Fraction of images whose label is predicted right, and the mean squared error of the one-hot targets,
   * summed over outputs. Labels that no training image had count as wrong, with targets of zeros.
   *
   * @throws {ShapeError} for another number of labels than of images
   * @throws what `predict` throws
   */
  async scores(
    x: ImageInput,
    y: LabelInput<L>,
    options?: PredictOptions,
  ): Promise<{ readonly accuracy: number; readonly mse: number }> {
    return this.withModel('scores()', async ({ coding: { classes } }) => {
      const outputs = await this.outputs(x, options);
      const labels = await hostLabels(y, 'y');
      const rows = outputs.length / classes.length;
      if (labels.length !== rows) {
        throw new ShapeError(`X has ${rows} images, but y has ${labels.length} labels.`);
      }
      const actual = Array.from(labels, (label) => classes.indexOf(label));
      const targets = actual.flatMap((index) => classes.map((_, k) => Number(k === index)));
      return {
        accuracy: accuracy(argmaxRows(outputs, classes.length), actual),
        mse: meanSquaredNorm(outputs, targets, classes.length),
      };
    });
  }

  /**
   * Loads a model from a file (Node) or from its bytes.
   *
   * @typeParam L type of the labels: the caller knows what was saved
   * @throws {FormatError} for files that are truncated, foreign, of a newer version, or hold a regression
   * @throws {OptionError} for a dtype that the backend does not compute in
   * @throws {StorageError} if the file cannot be read
   */
  static async load<L extends Label = Label>(
    source: ModelSource,
    options: ConvLoadOptions,
  ): Promise<ConvRFMClassifier<L>> {
    const model = await loadModel(convRfm, classification<L>(), source, options);
    return new ConvRFMClassifier<L>(model.fitted.options).adopt(model);
  }
}
