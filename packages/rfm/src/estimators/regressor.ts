import { ValueError } from '@agop/core';
import { checkChoice, checkFlag } from '@agop/core/options';
import { loadModel, type MatrixInput, type ModelSource, type Regression, regression } from '@agop/estimators';
import { posteriorVariance } from '../machine/posterior-variance.ts';
import { RFMEstimator } from './estimator.ts';
import { checkOptionNames, type EstimatorOptions, rfmSettings } from './options.ts';
import { type RFMLoadOptions, rfm, uploadSamples } from './trainer.ts';

/** Options of {@link RFMRegressor}. */
export interface RegressorOptions extends EstimatorOptions {
  /**
   * What chooses the best iteration: mean squared or mean absolute error, in the units of y. Default 'mse'.
   */
  readonly selection?: 'mse' | 'mae';
  /**
   * Subtract the mean of each output and divide by its standard deviation before the fit, and undo it in
   * predictions, so that predictions far from all data tend to the mean. Default true; the published RFM
   * program does not.
   */
  readonly standardizeTargets?: boolean;
}

/**
 * Regression by a Recursive Feature Machine: kernel ridge regression that learns its metric.
 *
 * Features are used as they are: bring columns to comparable scales first (`@agop/data` does). With the
 * default metric update M is not influenced by the scale of y.
 *
 * Source: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881).
 *
 * @example
 * using model = new RFMRegressor({ backend, kernel: laplace({ bandwidth: 10 }), ridge: 1e-3 });
 * await model.fit(xTrain, yTrain, { validation: 0.2 });
 * const predictions = await model.predict(xTest);
 */
export class RFMRegressor extends RFMEstimator<Regression> {
  /**
   * @throws {OptionError} for unknown names and values out of range, a missing backend, and a dtype that it
   *   does not compute in
   */
  constructor(options: RegressorOptions) {
    checkOptionNames('RFMRegressor', options, ['selection', 'standardizeTargets']);
    const { selection = 'mse', standardizeTargets = true, ...others } = options;
    const score = checkChoice('selection', selection, ['mse', 'mae']);
    super(regression(checkFlag('standardizeTargets', standardizeTargets)), rfmSettings(others, score));
  }

  /**
   * Variance of the predictions under the Gaussian process whose mean they are, in units of y²: how unsure
   * the function itself is at each sample, without noise. Its kernel, metric and ridge count as known, so
   * that it says too little; conformal prediction (`@agop/tabular`) says what holds. Factors the kernel
   * matrix anew.
   *
   * @param x samples [n, d]
   * @returns [n, outputs], row-major
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for NaN or infinite values, ragged or empty data, and where a variance overflows
   * @throws {ShapeError} for other features than those of the fit
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   * @throws {NotPositiveDefiniteError} where the ridge is too small for the precision
   */
  async posteriorVariance(x: MatrixInput): Promise<Float64Array> {
    return this.withModel('posteriorVariance()', async ({ fitted, coding }) => {
      const units = coding.units();
      using samples = uploadSamples(fitted, await this.read(x));
      const variances = await posteriorVariance(fitted.machine, samples, fitted.settings.ridge);
      return variances.map((value, at) => {
        const variance = value * (units[at % units.length] as number) ** 2;
        if (Number.isFinite(variance)) return variance;
        throw new ValueError(
          `The variance of row ${Math.floor(at / units.length)} (counted from 0) overflows: rescale the features, or y.`,
          { row: Math.floor(at / units.length) },
        );
      });
    });
  }

  /**
   * Loads a model from a file (Node) or from its bytes.
   *
   * @throws {FormatError} for files that are truncated, foreign, of a newer version, or hold a classifier
   * @throws {OptionError} for a dtype that the backend does not compute in
   * @throws {StorageError} if the file cannot be read
   */
  static async load(source: ModelSource, options: RFMLoadOptions): Promise<RFMRegressor> {
    const model = await loadModel(rfm, regression(), source, options);
    return new RFMRegressor(model.fitted.settings).adopt(model);
  }
}
