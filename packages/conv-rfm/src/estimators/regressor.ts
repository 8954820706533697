import { loadModel, type ModelSource, type Regression, regression } from '@agop/estimators';
import { ConvEstimator } from './conv-estimator.ts';
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
   * Loads a model from a file (Node) or from its bytes.
   *
   * @throws {FormatError} for files that are truncated, foreign, of a newer version, or hold a classifier
   * @throws {OptionError} for a dtype that the backend does not compute in
   * @throws {StorageError} if the file cannot be read
   */
  static async load(source: ModelSource, options: ConvLoadOptions): Promise<ConvRFMRegressor> {
    const model = await loadModel(convRfm, regression(), source, options);
    return new ConvRFMRegressor(model.fitted.options).adopt(model);
  }
}
