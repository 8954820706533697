import type { Backend, FloatDType, ShapedArray } from '@agop/core';
import { laplace } from '../kernels/distance-kernels.ts';
import type { Kernel } from '../kernels/kernel.ts';
import type { RecursionOptions } from '../loop/recursive-feature-machine.ts';
import { chooseDType } from './precision.ts';

/** Options of {@link RFMRegressor} and {@link RFMClassifier}. Presets can be spread into them. */
export interface EstimatorOptions extends RecursionOptions {
  /** Where to compute. */
  readonly backend: Backend;
  /** Default `laplace({ bandwidth: 10 })`. */
  readonly kernel?: Kernel;
  /**
   * Precision of all steps. Default float32 where the backend has it and the ridge is at least 1e-3, which keeps the condition number within
   * its reach; otherwise float64 where the backend has it.
   */
  readonly dtype?: FloatDType;
  /** Keep a copy of the metric of each iteration on the host, see `metrics`. Default false. */
  readonly keepMetrics?: boolean;
}

/** {@link EstimatorOptions} with the defaults filled in. */
export interface EstimatorSettings extends RecursionOptions {
  readonly backend: Backend;
  readonly kernel: Kernel;
  readonly dtype: FloatDType;
  readonly iterations: number;
  readonly ridge: number;
  readonly seed: number;
  readonly keepMetrics: boolean;
}

/** @throws {OptionError} for a dtype that the backend does not compute in */
export function estimatorSettings(options: EstimatorOptions): EstimatorSettings {
  const { backend, ridge = 1e-3 } = options;
  return {
    ...options,
    kernel: options.kernel ?? laplace({ bandwidth: 10 }),
    dtype: chooseDType(backend, options.dtype, ridge >= 1e-3 ? 'float32' : 'float64'),
    ridge,
    iterations: options.iterations ?? 5,
    seed: options.seed ?? 0,
    keepMetrics: options.keepMetrics ?? false,
  };
}

/** What is told after each fit of the loop. */
export interface IterationEvent {
  /** 0 for plain kernel regression. */
  readonly iteration: number;
  /** Index of the last iteration. */
  readonly iterations: number;
  /** Name of the validation metric, e.g. 'accuracy'. */
  readonly metric: string;
  /** Its value on the validation data; undefined without such data. */
  readonly value: number | undefined;
  /** Whether this is the best iteration so far (without validation data: the last one). */
  readonly best: boolean;
  /** Seconds since the fit began. */
  readonly seconds: number;
  /** Estimate of the seconds until it ends. */
  readonly secondsLeft: number;
}

/** Options of `fit`. `Y` is what the estimator takes as targets. */
export interface FitOptions<X, Y> {
  /**
   * Data on which the best iteration is chosen: given, or a fraction in (0, 1) of the training rows held out at random (seeded; by class
   * for classifiers). Default none: the last iteration is kept.
   */
  readonly validation?: { readonly x: X; readonly y: Y } | number;
  /** Called after each iteration. */
  readonly onIteration?: (event: IterationEvent) => void;
  /** Stops the fit between two iterations with an {@link AbortedError}; the estimator stays as it was before. */
  readonly signal?: AbortSignal;
}

/** One entry of the history of a fit. */
export interface IterationRecord {
  readonly iteration: number;
  readonly metric: string;
  readonly value: number | undefined;
}

/** A metric on the host: [1, d] for a diagonal one, [d, d] for a full one. */
export type HostMetric = ShapedArray;
