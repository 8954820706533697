import { FormatError, NotFittedError } from '@agop/core';
import {
  type Coding,
  type MatrixInput,
  meanSquaredNorm,
  type Regression,
  type Rows,
  readBytes,
  regression,
  type TfTensorLike,
  takeRows,
} from '@agop/estimators';
import type { ImageInput } from '../images/image-input.ts';
import { ConvEstimator, type FitGoal, type PredictOptions } from './conv-estimator.ts';
import { type ConvLoadOptions, decodeConvModel, encodeConvModel, restoreConv } from './model-file.ts';
import type { ConvFitOptions } from './options.ts';

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
  #coding: Coding<Regression> | undefined;

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
    const opened = await regression().open(y, images.count, 'images');
    const { outputs } = opened.coding;
    const rowsOf = (data: ArrayLike<number>): Rows => ({
      data,
      rows: data.length / outputs,
      columns: outputs,
    });
    const samples = await this.divide<MatrixInput, ArrayLike<number>>(
      { x: images, y: opened.y.data },
      options,
      {
        answers: async (some, count, prefix) =>
          (await opened.coding.read(some, count, 'images', prefix)).data,
        take: (values, chosen) => takeRows(rowsOf(values), chosen).data,
      },
    );
    const coding = opened.coding.trainedOn(rowsOf(samples.training.y));
    const goal: FitGoal<ArrayLike<number>> = {
      outputs,
      targets: (values) => coding.targets(rowsOf(values)),
      scorer: (values) => {
        const wanted = coding.targets(rowsOf(values));
        return (predictions) => ({
          accuracy: undefined,
          mse: meanSquaredNorm(predictions, wanted, outputs),
        });
      },
    };
    await this.train(samples, goal, options);
    this.#coding = coding;
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
    const { data } = await this.rawPredictions(x, options);
    return this.#trained().answers(data, x);
  }

  /**
   * Coefficient of determination R² of the predictions, averaged over outputs: 1 is perfect, 0 is no better than the mean.
   *
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError} {OutOfMemoryError} {AbortedError}
   */
  async score(x: ImageInput, y: MatrixInput, options: PredictOptions = {}): Promise<number> {
    const { data } = await this.rawPredictions(x, options);
    return this.#trained().grade(data, y, 'images');
  }

  override async toBytes(): Promise<Uint8Array> {
    return encodeConvModel({
      trained: this.requireTrained('save()'),
      task: 'regression',
      singleOutput: this.#trained().outputs === 1,
      extra: this.#trained().tensors(),
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
    const coding = regression().restore(decoded.description, decoded.tensors);
    const { trained, settings } = restoreConv(decoded, options, coding.outputs);
    const model = new ConvRFMRegressor(settings);
    model.adopt(trained);
    model.#coding = coding;
    return model;
  }

  #trained(): Coding<Regression> {
    if (!this.#coding) throw new NotFittedError('predict()');
    return this.#coding;
  }
}
