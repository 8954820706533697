import { FormatError, ShapeError } from '@agop/core';
import {
  type MatrixInput,
  measureScale,
  outputLike,
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
import type { ImageInput } from '../images/image-input.ts';
import { ConvEstimator, type FitGoal, type PredictOptions } from './conv-estimator.ts';
import { type ConvLoadOptions, decodeConvModel, encodeConvModel, restoreConv } from './model-file.ts';
import type { ConvFitOptions } from './options.ts';
import { checkAnswerCount } from './samples.ts';
import { meanSquaredError } from './scores.ts';

/**
 * Regression on images by a convolutional Recursive Feature Machine. Targets are brought to mean 0 and standard deviation 1 for the fit, and predictions back.
 *
 * Source: Beaglehole, Radhakrishnan, Pandit, Belkin 2023 (arXiv 2309.00570).
 *
 * @example
 * using model = new ConvRFMRegressor({ backend });
 * await model.fit({ data, shape: [n, 28, 28, 1] }, angles, { validation: 0.2 });
 */
export class ConvRFMRegressor extends ConvEstimator {
  #scale: TargetScale = unitScale(1);
  #singleOutput = true;

  /**
   * Fits the model. A failure or abort leaves the estimator as it was. The validation scores of the history are in units of the squared standard
   * deviation of the targets.
   *
   * @param x images [n, height, width, channels]
   * @param y targets [n], or [n, outputs]
   * @throws {ShapeError} {ValueError} {DTypeError} {DisposedError} {NotPositiveDefiniteError} {OutOfMemoryError} {OptionError} {AbortedError}
   */
  async fit(
    x: ImageInput,
    y: MatrixInput,
    options: ConvFitOptions<ImageInput, MatrixInput> = {},
  ): Promise<this> {
    this.checkSelection(options.validation);
    const images = await this.images(x, 'X');
    const targets = await toHostMatrix(y, 'y');
    checkAnswerCount(images.count, targets.rows, 'rows', '');
    const outputs = targets.columns;
    const samples = await this.divide<MatrixInput, ArrayLike<number>>(
      { x: images, y: targets.data },
      options,
      {
        answers: async (some, count, prefix) => {
          const { data, rows, columns } = await toHostMatrix(some, `${prefix}y`);
          checkAnswerCount(count, rows, 'rows', prefix);
          if (columns !== outputs) {
            throw new ShapeError(`${prefix}y has ${columns} columns, but y has ${outputs}.`);
          }
          return data;
        },
        take: (values, chosen) => takeRows(values, outputs, chosen),
      },
    );
    const scale = measureScale(samples.training.y, outputs);
    const goal: FitGoal<ArrayLike<number>> = {
      outputs,
      targets: (values) => standardize(values, scale),
      scorer: (values) => {
        const wanted = standardize(values, scale);
        return (predictions) => ({
          accuracy: undefined,
          mse: meanSquaredError(predictions, wanted, outputs),
        });
      },
    };
    await this.train(samples, goal, options);
    this.#scale = scale;
    this.#singleOutput = outputs === 1;
    return this;
  }

  /**
   * Predictions in the units of y, row-major: length n for one output, else n · outputs. A `tf.Tensor` gives a `tf.Tensor`.
   *
   * @param x images [n, height, width, channels]
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError} {OutOfMemoryError} {AbortedError}
   */
  predict(x: TfTensorLike, options?: PredictOptions): Promise<TfTensorLike>;
  predict(x: ImageInput, options?: PredictOptions): Promise<Float64Array>;
  async predict(x: ImageInput, options: PredictOptions = {}): Promise<Float64Array | TfTensorLike> {
    const { data, count, outputs } = await this.rawPredictions(x, options);
    return outputLike(x, restore(data, this.#scale), this.#singleOutput ? [count] : [count, outputs]);
  }

  /**
   * Coefficient of determination R² of the predictions, averaged over outputs: 1 is perfect, 0 is no better than the mean.
   *
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError} {OutOfMemoryError} {AbortedError}
   */
  async score(x: ImageInput, y: MatrixInput, options: PredictOptions = {}): Promise<number> {
    const { data, count, outputs } = await this.rawPredictions(x, options);
    const targets = await toHostMatrix(y, 'y');
    checkAnswerCount(count, targets.rows, 'rows', '');
    if (targets.columns !== outputs) {
      throw new ShapeError(`y has ${targets.columns} columns, but the model predicts ${outputs} outputs.`);
    }
    return rSquared(restore(data, this.#scale), targets.data, outputs);
  }

  override async toBytes(): Promise<Uint8Array> {
    return encodeConvModel({
      trained: this.requireTrained('save()'),
      task: 'regression',
      singleOutput: this.#singleOutput,
      extra: savedScale(this.#scale),
    });
  }

  /**
   * Loads a model from a file (Node) or from its bytes.
   *
   * @throws {FormatError} for files that are truncated, foreign, of a newer version, or hold a classifier
   * @throws {OptionError} for a dtype that the backend does not compute in
   * @throws {StorageError}
   */
  static async load(source: string | Uint8Array, options: ConvLoadOptions): Promise<ConvRFMRegressor> {
    const decoded = decodeConvModel(await readBytes(source));
    if (decoded.description.task !== 'regression') {
      throw new FormatError('The saved model is a classifier: load it with ConvRFMClassifier.load.');
    }
    const scale = restoredScale(decoded.tensors);
    const outputs = scale.mean.length;
    const { trained, settings } = restoreConv(decoded, options, outputs);
    const model = new ConvRFMRegressor(settings);
    model.adopt(trained);
    model.#scale = scale;
    model.#singleOutput = decoded.description.singleOutput ?? outputs === 1;
    return model;
  }
}
