import { type Backend, chooseDType, type FloatDType } from '@agop/core';
import {
  checkChoice,
  checkFlag,
  checkGiven,
  checkNonNegative,
  checkRange,
  checkSteps,
  checkWhole,
} from '@agop/core/options';
import type { ScoreName } from '@agop/estimators';
import { resolveCentering } from '../agop/options.ts';
import { laplace } from '../kernels/built-in.ts';
import { checkKernel } from '../kernels/check.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { checkLearningRidges, type RecursionOptions } from '../loop/recursive-feature-machine.ts';
import { resolveMetricUpdate } from '../metric/update.ts';
import { checkSolver } from '../solvers/solver.ts';
import { checkInitialMetric, type HostMetric } from './initial-metric.ts';

/** Options of {@link RFMRegressor} and {@link RFMClassifier}. Presets can be spread into them. */
export interface EstimatorOptions extends RecursionOptions {
  /** Where to compute. */
  readonly backend: Backend;
  /** Default `laplace({ bandwidth: 10 })`. */
  readonly kernel?: Kernel;
  /**
   * Precision of all steps. Default float32 where the backend has it and the ridge is at least 1e-3, which
   * keeps the condition number within its reach; otherwise float64 where the backend has it.
   */
  readonly dtype?: FloatDType;
  /**
   * The metric of the first fit, [d, d] symmetric or [1, d]: an AGOP from elsewhere, or what `metric()` of
   * another model gives. It is scaled as `normalization` says, and is M itself or multiplies the features as
   * `form` says. Default the identity, which makes the first fit plain kernel regression.
   */
  readonly initialMetric?: HostMetric | undefined;
  /** Keep a copy of the metric of each iteration on the host, see `metrics`. Default false. */
  readonly keepMetrics?: boolean;
  /**
   * Stop where the score on validation data is worse than the best one by this factor, above 1. Default
   * never: all iterations are fitted.
   */
  readonly earlyStopping?: number | undefined;
}

/** {@link EstimatorOptions} with the defaults filled in. */
export interface RFMSettings extends RecursionOptions {
  readonly backend: Backend;
  readonly kernel: Kernel;
  readonly dtype: FloatDType;
  readonly iterations: number;
  readonly ridge: number;
  readonly seed: number;
  readonly keepMetrics: boolean;
  readonly initialMetric?: HostMetric | undefined;
  readonly earlyStopping?: number | undefined;
  /** The score that chooses the best iteration. */
  readonly selection: ScoreName;
}

const names: Readonly<Record<keyof EstimatorOptions, boolean>> = {
  backend: true,
  kernel: true,
  iterations: true,
  ridge: true,
  learningRidges: true,
  dtype: true,
  normalization: true,
  power: true,
  shift: true,
  form: true,
  diagonal: true,
  blocks: true,
  centering: true,
  centring: false,
  agopSamples: true,
  seed: true,
  solver: true,
  initialMetric: true,
  keepMetrics: true,
  bandwidthMode: true,
  earlyStopping: true,
};

/**
 * Checks the names of options; those in `others` belong to one estimator.
 *
 * @throws {OptionError} for an unknown name, with the nearest one
 */
export function checkOptionNames(what: string, options: object, others: readonly string[]): void {
  checkGiven(what, options, { ...names, ...Object.fromEntries(others.map((name) => [name, true])) });
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {OptionError} for a dtype that the backend does not compute in, or an initial metric that is none
 */
export function rfmSettings(options: EstimatorOptions, selection: ScoreName): RFMSettings {
  const { backend, kernel, agopSamples, solver } = options;
  const ridge = checkNonNegative('ridge', options.ridge ?? 1e-3);
  checkSolver(solver);
  if (options.learningRidges !== undefined) checkLearningRidges(options.learningRidges);
  if (agopSamples !== undefined) checkWhole('agopSamples', agopSamples, 1);
  return {
    ...options,
    ...resolveMetricUpdate(options),
    centering: resolveCentering(options),
    kernel: kernel === undefined ? laplace({ bandwidth: 10 }) : checkKernel('kernel', kernel),
    dtype: chooseDType(backend, options.dtype, ridge >= 1e-3 ? 'float32' : 'float64'),
    ridge,
    iterations: checkSteps('iterations', options.iterations ?? 5, 0),
    seed: checkWhole('seed', options.seed ?? 0, 0),
    initialMetric:
      options.initialMetric === undefined ? undefined : checkInitialMetric(options.initialMetric),
    diagonal: checkFlag('diagonal', options.diagonal ?? false),
    keepMetrics: checkFlag('keepMetrics', options.keepMetrics ?? false),
    bandwidthMode: checkChoice('bandwidthMode', options.bandwidthMode ?? 'constant', [
      'constant',
      'adaptive',
    ]),
    earlyStopping:
      options.earlyStopping === undefined
        ? undefined
        : checkRange('earlyStopping', options.earlyStopping, 1, Number.MAX_VALUE),
    selection,
  };
}
