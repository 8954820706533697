import {
  FormatError,
  type MatrixInput,
  ShapeError,
  type TfTensorLike,
  toHostMatrix,
  ValueError,
} from '@agop/core';
import { holdOut, takeRows } from '@agop/rfm';
import type { HostImages, ImageInput } from '../images/host-images.ts';
import { chosenImages } from './classifier.ts';
import { ConvEstimator, inKind, modelBytes, type PredictOptions } from './conv-estimator.ts';
import {
  type ConvLoadOptions,
  decodeConvModel,
  encodeConvModel,
  requireTensor,
  restoreConv,
} from './model-file.ts';
import { type ConvFitOptions, checkSizes } from './options.ts';
import { meanSquaredError } from './scores.ts';
import { type ScoredImages, trainConv } from './training.ts';

/** Mean and standard deviation of each output, [2, outputs]. */
interface TargetScale {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

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
  #scale: TargetScale = { mean: new Float64Array(1), deviation: new Float64Array(1).fill(1) };
  #singleOutput = true;

  /**
   * Fits the model. A failure or abort leaves the estimator as it was. The validation scores of the history are in units of the squared standard
   * deviation of the targets.
   *
   * @param x images [n, height, width, channels]
   * @param y targets [n], or [n, outputs]
   * @throws {ShapeError} {ValueError} {NotPositiveDefiniteError} {OutOfMemoryError} {OptionError} {AbortedError}
   */
  async fit(
    x: ImageInput,
    y: MatrixInput,
    options: ConvFitOptions<ImageInput, MatrixInput> = {},
  ): Promise<this> {
    this.checkSelection(options.validation as ConvFitOptions<never, never>['validation']);
    const images = await this.images(x, 'X');
    const given = await toHostMatrix(y, 'y');
    checkCount(images.count, given.rows, '');
    const outputs = given.columns;
    const parts = await this.#split(images, given.data, outputs, options.validation);
    const scale = measureScale(parts.y, outputs);
    const { held } = parts;
    const test = options.test && (await this.#measured(images, options.test, outputs, 'test '));
    const scored = ({ x: some, y: right }: Measured): ScoredImages => {
      const wanted = standardized(right, scale);
      return {
        x: some,
        score: (predictions) => ({
          accuracy: undefined,
          mse: meanSquaredError(predictions, wanted, outputs),
        }),
      };
    };
    const { onProgress, onIteration, signal } = options;
    const trained = await trainConv(this.settings, {
      x: parts.x,
      targets: standardized(parts.y, scale),
      outputs,
      held: held && scored(held),
      test: test && scored(test),
      ...(onProgress && { onProgress }),
      ...(onIteration && { onIteration }),
      ...(signal && { signal }),
    });
    this.adopt(trained);
    this.#scale = scale;
    this.#singleOutput = outputs === 1;
    return this;
  }

  /**
   * Predictions in the units of y, row-major: length n for one output, else n · outputs. A `tf.Tensor` gives a `tf.Tensor`.
   *
   * @param x images [n, height, width, channels]
   * @throws {NotFittedError} {ValueError} {ShapeError} {AbortedError}
   */
  predict(x: TfTensorLike, options?: PredictOptions): Promise<TfTensorLike>;
  predict(x: ImageInput, options?: PredictOptions): Promise<Float64Array>;
  async predict(x: ImageInput, options: PredictOptions = {}): Promise<Float64Array | TfTensorLike> {
    const { data, count, outputs } = await this.rawPredictions(x, options);
    return inKind(x, restored(data, this.#scale), this.#singleOutput ? [count] : [count, outputs]);
  }

  /**
   * Coefficient of determination R² of the predictions, averaged over outputs: 1 is perfect, 0 is no better than the mean.
   *
   * @throws {NotFittedError} {ValueError} {ShapeError} {AbortedError}
   */
  async score(x: ImageInput, y: MatrixInput, options: PredictOptions = {}): Promise<number> {
    const { data, count, outputs } = await this.rawPredictions(x, options);
    const targets = await toHostMatrix(y, 'y');
    checkCount(count, targets.rows, '');
    if (targets.columns !== outputs) {
      throw new ShapeError(`y has ${targets.columns} columns, but the model predicts ${outputs} outputs.`);
    }
    const predicted = restored(data, this.#scale);
    let total = 0;
    for (let c = 0; c < outputs; c++) total += rSquared(predicted, targets.data, c, outputs);
    return total / outputs;
  }

  override async toBytes(): Promise<Uint8Array> {
    const { mean, deviation } = this.#scale;
    return encodeConvModel({
      trained: this.requireTrained('save()'),
      task: 'regression',
      singleOutput: this.#singleOutput,
      extra: {
        targetScale: {
          dtype: 'float64',
          shape: [2, mean.length],
          data: Float64Array.from([...mean, ...deviation]),
        },
      },
    });
  }

  /**
   * Loads a model from a file (Node) or from its bytes.
   *
   * @throws {FormatError} for files that are truncated, foreign, of a newer version, or hold a classifier
   * @throws {StorageError}
   */
  static async load(source: string | Uint8Array, options: ConvLoadOptions): Promise<ConvRFMRegressor> {
    const decoded = decodeConvModel(await modelBytes(source));
    if (decoded.description.task !== 'regression') {
      throw new FormatError('The saved model is a classifier: load it with ConvRFMClassifier.load.');
    }
    const values = requireTensor(decoded.tensors, 'targetScale', 2);
    const outputs = values.shape[1] as number;
    const { trained, settings } = restoreConv(decoded, options, outputs);
    const model = new ConvRFMRegressor(settings);
    model.adopt(trained);
    const numbers = Float64Array.from(values.data);
    model.#scale = { mean: numbers.slice(0, outputs), deviation: numbers.slice(outputs) };
    model.#singleOutput = decoded.description.singleOutput ?? outputs === 1;
    return model;
  }

  async #measured(
    like: HostImages,
    given: { readonly x: ImageInput; readonly y: MatrixInput },
    outputs: number,
    prefix: string,
  ): Promise<Measured> {
    const x = await this.images(given.x, `${prefix}X`);
    const y = await toHostMatrix(given.y, `${prefix}y`);
    checkCount(x.count, y.rows, prefix);
    checkSizes(x, like, prefix);
    if (y.columns !== outputs) {
      throw new ShapeError(`${prefix}y has ${y.columns} columns, but y has ${outputs}.`);
    }
    return { x, y: y.data };
  }

  async #split(
    x: HostImages,
    y: Float32Array | Float64Array,
    outputs: number,
    validation: ConvFitOptions<ImageInput, MatrixInput>['validation'],
  ): Promise<Split> {
    if (validation === undefined) return { x, y, held: undefined };
    if (typeof validation !== 'number') {
      return { x, y, held: await this.#measured(x, validation, outputs, 'validation ') };
    }
    const rows = holdOut(x.count, validation, this.settings.recursion.seed);
    const part = (chosen: Int32Array): Measured => ({
      x: chosenImages(x, chosen),
      y: takeRows(y, outputs, chosen),
    });
    return { ...part(rows.training), held: part(rows.held) };
  }
}

interface Measured {
  readonly x: HostImages;
  /** Targets, row-major. */
  readonly y: ArrayLike<number>;
}

interface Split extends Measured {
  readonly held: Measured | undefined;
}

function checkCount(images: number, rows: number, prefix: string): void {
  if (images !== rows)
    throw new ShapeError(`${prefix}X has ${images} images, but ${prefix}y has ${rows} rows.`);
}

function measureScale(y: ArrayLike<number>, outputs: number): TargetScale {
  const rows = y.length / outputs;
  const mean = new Float64Array(outputs);
  const deviation = new Float64Array(outputs);
  for (let i = 0; i < y.length; i++)
    mean[i % outputs] = (mean[i % outputs] as number) + (y[i] as number) / rows;
  for (let i = 0; i < y.length; i++) {
    const c = i % outputs;
    deviation[c] = (deviation[c] as number) + ((y[i] as number) - (mean[c] as number)) ** 2 / rows;
  }
  const varies = deviation.map((square, c) =>
    Math.sqrt(square) > 1e-14 * Math.abs(mean[c] as number) ? Math.sqrt(square) : 0,
  );
  if (varies.every((value) => value === 0)) {
    throw new ValueError('y is constant: there is nothing to learn. Check the targets.');
  }
  return { mean, deviation: varies.map((value) => value || 1) };
}

function standardized(y: ArrayLike<number>, { mean, deviation }: TargetScale): Float64Array {
  const outputs = mean.length;
  return Float64Array.from({ length: y.length }, (_, i) => {
    return ((y[i] as number) - (mean[i % outputs] as number)) / (deviation[i % outputs] as number);
  });
}

function restored(y: ArrayLike<number>, { mean, deviation }: TargetScale): Float64Array {
  const outputs = mean.length;
  return Float64Array.from({ length: y.length }, (_, i) => {
    return (y[i] as number) * (deviation[i % outputs] as number) + (mean[i % outputs] as number);
  });
}

/** R² of one output; for one that does not vary, 1 if predicted exactly, else 0. */
function rSquared(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  output: number,
  outputs: number,
): number {
  const rows = actual.length / outputs;
  let mean = 0;
  for (let i = 0; i < rows; i++) mean += (actual[i * outputs + output] as number) / rows;
  let [residual, spread] = [0, 0];
  for (let i = 0; i < rows; i++) {
    const y = actual[i * outputs + output] as number;
    residual += ((predicted[i * outputs + output] as number) - y) ** 2;
    spread += (y - mean) ** 2;
  }
  return spread === 0 ? Number(residual === 0) : 1 - residual / spread;
}
