import { ValueError } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import {
  Estimator,
  type FitWarning,
  finiteOutputs,
  type IterationRecord,
  type MatrixInput,
  type PermutationImportances,
  type PermutationOptions,
  permutationImportances,
  type Task,
  type TaskTypes,
} from '@agop/estimators';
import type { HostArray } from '../agop/function-gradients.ts';
import { checkOutput } from '../agop/of-function.ts';
import { type AgopOptions, agopNames } from '../agop/options.ts';
import { featureWeights } from '../machine/feature-weights.ts';
import { inUnits } from '../machine/in-units.ts';
import type { KernelMachine } from '../machine/kernel-machine.ts';
import type { HostMetric } from './initial-metric.ts';
import type { RFMSettings } from './options.ts';
import { metricOnHost, type RFMTypes, rfm, uploadSamples } from './trainer.ts';

/** Options of `agop` of an estimator. */
export interface EstimatorAgopOptions extends AgopOptions {
  /** Take this output alone, counted from 0 (a class: its place in `classes`). Default the sum over all. */
  readonly output?: number;
}

/**
 * What {@link RFMRegressor} and {@link RFMClassifier} share: the fitted machine and what can be asked of it.
 *
 * @typeParam K types of the task
 */
export abstract class RFMEstimator<K extends TaskTypes> extends Estimator<RFMTypes, K> {
  constructor(task: Task<K>, settings: RFMSettings) {
    super(rfm, task, settings);
  }

  /** The kept iteration: 0 is plain kernel regression. @throws {NotFittedError} */
  get best(): number {
    return this.requireTrained('best').fitted.best;
  }

  /** The validation metric of each iteration. @throws {NotFittedError} */
  get history(): readonly IterationRecord[] {
    return this.requireTrained('history').fitted.history;
  }

  /** The metric of each iteration, with the option `keepMetrics`. @throws {NotFittedError} */
  get metrics(): readonly HostMetric[] | undefined {
    return this.requireTrained('metrics').fitted.metrics;
  }

  /** Where the fit went on otherwise than asked; empty for loaded models. @throws {NotFittedError} */
  get warnings(): readonly FitWarning[] {
    return this.requireTrained('warnings').fitted.warnings;
  }

  /**
   * The kernel machine, for those who build on it; owned by the estimator. Its points are the features minus
   * `origin`, and its outputs, gradients and AGOP are in the units of the targets as they were fitted: of
   * standardized y in a regression, unless `standardizeTargets` is false. `predict`, `gradients` and `agop`
   * of the estimator are in the units of y.
   *
   * @throws {NotFittedError}
   */
  get machine(): KernelMachine {
    return this.requireTrained('machine').fitted.machine;
  }

  /**
   * The point that the machine counts features from, [d]: the means of the training rows, for kernels of
   * distances, which do not see it. Zeros for other kernels.
   *
   * @throws {NotFittedError}
   */
  get origin(): Float64Array {
    const { origin, machine } = this.requireTrained('origin').fitted;
    return origin ?? new Float64Array(machine.centers.shape[1] as number);
  }

  /**
   * The learned metric: [d, d], or [1, d] where only weights were learned (the identity: ones).
   *
   * @throws {NotFittedError}
   */
  async metric(): Promise<HostMetric> {
    return this.withModel('metric()', ({ fitted: { machine } }) =>
      metricOnHost(machine.metric, machine.centers.shape[1] as number),
    );
  }

  /**
   * Gradients of the predictions with respect to the features, ∂f_o/∂x_k at each sample, in units of y per
   * unit of the feature. Of a classifier: gradients of the outputs that estimate the probabilities, before
   * they are clipped.
   *
   * @param x samples [n, d]
   * @returns [n, outputs, d], row-major
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for NaN or infinite values, ragged or empty data
   * @throws {ShapeError} for other features than those of the fit
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   */
  async gradients(x: MatrixInput): Promise<HostArray> {
    return this.withModel('gradients()', async ({ fitted, coding }) => {
      const units = coding.units();
      using samples = uploadSamples(fitted, await this.read(x));
      using gradients = fitted.machine.gradients(samples);
      const [outputs, d] = [units.length, gradients.shape[2] as number];
      const data = Float64Array.from(
        await gradients.read(),
        (value, at) => value * (units[Math.floor(at / d) % outputs] as number),
      );
      return { data, shape: gradients.shape };
    });
  }

  /**
   * The average gradient outer product of the predictions over samples, (1/n) Σ_i Σ_o ∇f_o(x_i) ∇f_o(x_i)ᵀ,
   * in units of (unit of y)² / (unit of column k · unit of column l): that of `gradients`. The matrix that an
   * iteration makes its metric of is the same over the training rows, in standardized y.
   *
   * @param x samples [n, d]
   * @returns [d, d], or [1, d] with `diagonal`
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for NaN or infinite values, ragged or empty data; where the AGOP leaves the range of
   *   float64
   * @throws {ShapeError} for other features than those of the fit
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   * @throws {OptionError} for an option out of range
   */
  async agop(x: MatrixInput, options: EstimatorAgopOptions = {}): Promise<HostArray> {
    return this.withModel('agop()', async ({ fitted, coding }) => {
      checkGiven('agop()', options, { ...agopNames, output: true });
      const { output, ...how } = options;
      const units = coding.units();
      if (output !== undefined) checkOutput(output, units.length);
      using samples = uploadSamples(fitted, await this.read(x));
      const { machine, factor } = inUnits(fitted.machine, units, output);
      using scaled = machine;
      using agop = scaled.agop(samples, how);
      const values = Float64Array.from(await agop.read());
      const data = values.map((value) => value * factor * factor);
      if (!data.every(Number.isFinite) || (data.every((v) => v === 0) && values.some((v) => v !== 0))) {
        throw new ValueError('The AGOP leaves the range of float64 in the units of y: rescale y.');
      }
      return { data, shape: agop.shape };
    });
  }

  /**
   * How much each feature counts in the distances of the fit: the diagonal of the learned metric M, scaled to
   * sum 1, length d. Where plain kernel regression was best, the diagonal of its AGOP, which would be the
   * next metric (equal shares where that is 0).
   *
   * It says along which features the fitted function is steep, not which of them help. A fit that
   * interpolates (a small ridge) is steep along whatever tells its rows apart, so that a column of noise may
   * come first where the targets are noisy; a larger ridge lessens that. What predictions for new rows rest
   * on is told by `permutationImportances`.
   *
   * @throws {NotFittedError}
   */
  async featureImportances(): Promise<Float64Array> {
    const weights = await this.withModel('featureImportances()', ({ fitted }) =>
      featureWeights(fitted.machine),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    // Where the predictor is constant around all points, no feature counts more than another.
    return weights.map((weight) => (total > 0 ? weight / total : 1 / weights.length));
  }

  /**
   * How much predictions rest on each feature: how far the score (R², or accuracy) of rows that the fit has
   * not seen drops where the feature is permuted among them. Around 0 for a feature that does not help, below
   * 0 by chance or where it misleads. Where no feature is above 0, or the score itself is not above that of
   * the mean or the majority, the model has found no signal, whatever `featureImportances` says.
   *
   * Features that say the same stand in for each other: permute them together, as one of `groups`, like the
   * columns of a one-hot code.
   *
   * Source: Breiman, "Random Forests", Machine Learning 45 (2001), section 10.
   *
   * @param x samples [n, d], at least 2, not those of the fit
   * @param y their targets, as for `score`
   * @returns mean drop and its standard deviation over the repeats, for each group
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for NaN or infinite values, ragged or empty data, one row only
   * @throws {ShapeError} where x and y do not go together, or with the model
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   * @throws {OptionError} for an option out of range
   * @throws {AbortedError} through `signal`
   *
   * @example
   * const { mean, deviation } = await model.permutationImportances(xTest, yTest, { groups: [[0], [1, 2]] });
   */
  async permutationImportances(
    x: MatrixInput,
    y: K['targets'],
    options: PermutationOptions = {},
  ): Promise<PermutationImportances> {
    return this.withModel('permutationImportances()', async ({ fitted, coding }) => {
      // Of this model, also where a fit replaces it meanwhile.
      const score = async (rows: RFMTypes['samples']) =>
        coding.grade(finiteOutputs(await rfm.predict(fitted, rows)), y, rfm.noun);
      return permutationImportances(await this.read(x), score, options);
    });
  }
}
