import { loadModel, type Regression, regression, type TfTensorLike, type Values } from '@agop/estimators';
import type { ImageInput } from '../images/image-input.ts';
import { ConvEstimator } from './conv-estimator.ts';
import type { PredictOptions } from './events.ts';
import type { ConvEstimatorOptions } from './options.ts';
import { type ConvLoadOptions, convRfm } from './trainer.ts';

/**
 * Regression on images by a convolutional Recursive Feature Machine. Targets are brought to mean 0 and
 * standard deviation 1 for the fit, and predictions back.
 *
 * Source: Beaglehole, Radhakrishnan, Pandit, Belkin 2023 (arXiv 2309.00570).
 *
 * @example
 * using model = new ConvRFMRegressor({ backend });
 * await model.fit({ data, shape: [n, 28, 28, 1] }, angles, { validation: 0.2 });
 */
export class ConvRFMRegressor extends ConvEstimator<Regression> {
  /** @throws {OptionError} for an option out of range, and a dtype that the backend does not compute in */
  constructor(options: ConvEstimatorOptions) {
    super(regression(), options);
  }

  /**
   * Predictions in the units of y, row-major: length n for one output, else n · outputs. A `tf.Tensor` gives
   * a `tf.Tensor`.
   *
   * @param x images [n, height, width, channels]
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for pixels that are not finite, and no images
   * @throws {ShapeError} for images of another size than those of the fit
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   * @throws {OutOfMemoryError} before any work, if it cannot fit the memory budget
   * @throws {AbortedError} through `signal`
   */
  override predict(x: TfTensorLike, options?: PredictOptions): Promise<TfTensorLike>;
  override predict(x: ImageInput, options?: PredictOptions): Promise<Float64Array>;
  override predict(x: ImageInput, options?: PredictOptions): Promise<Values> {
    return super.predict(x, options);
  }

  /**
   * Loads a model from a file (Node) or from its bytes.
   *
   * @throws {FormatError} for files that are truncated, foreign, of a newer version, or hold a classifier
   * @throws {OptionError} for a dtype that the backend does not compute in
   * @throws {StorageError} if the file cannot be read
   */
  static async load(source: string | Uint8Array, options: ConvLoadOptions): Promise<ConvRFMRegressor> {
    const model = await loadModel(convRfm, regression(), source, options);
    return new ConvRFMRegressor(model.fitted.options).adopt(model);
  }
}
