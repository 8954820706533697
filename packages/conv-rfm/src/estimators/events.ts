import type { FitOptions, FitWarning } from '@agop/estimators';
import type { ComputeOptions } from '../compute/budget.ts';

/** How predictions are watched and stopped. */
export type PredictOptions = Pick<ComputeOptions, 'onProgress' | 'signal'>;

/** How far a fit is. */
export interface ConvProgressEvent {
  /** Feature layers below the present ConvRFM. */
  readonly layer: number;
  readonly iteration: number;
  /** What is being computed. */
  readonly phase: 'kernel' | 'solve' | 'validation' | 'test' | 'gradients';
  /** Finished part of the whole fit, from 0 to 1. */
  readonly fraction: number;
  /** Seconds since the fit began. */
  readonly seconds: number;
  /** Estimate of the seconds until it ends. */
  readonly secondsLeft: number;
}

/** How predictions compare with the targets. */
export interface ConvScores {
  /** Fraction of right labels; undefined for regression. */
  readonly accuracy: number | undefined;
  /** Mean over samples of the squared error, summed over outputs. */
  readonly mse: number;
}

/** One fit of the loop: one ridge of one iteration of one layer. */
export interface ConvRecord {
  readonly layer: number;
  /** 0 for the fixed kernel. */
  readonly iteration: number;
  readonly ridge: number;
  /** On the validation data; undefined without. */
  readonly scores: ConvScores | undefined;
  /** On the test data, which choose nothing; undefined without. */
  readonly test: ConvScores | undefined;
}

/** What is told after each iteration. */
export interface ConvIterationEvent {
  readonly layer: number;
  readonly iteration: number;
  /** Index of the last iteration. */
  readonly iterations: number;
  /** One per ridge that could be solved. */
  readonly records: readonly ConvRecord[];
  /** The record that is the best so far (without validation data: the last one). */
  readonly best: ConvRecord;
  /** What patches were multiplied by; undefined without `keepTransforms`. */
  readonly snapshot: TransformSnapshot | undefined;
  readonly seconds: number;
  readonly secondsLeft: number;
}

/**
 * How a fit tells how far it is. What one of these callbacks throws ends the fit, and so does what its
 * promise rejects with while the fit runs; no promise is waited for.
 */
export interface ConvEvents {
  /** Called several times per second. */
  readonly onProgress?: (event: ConvProgressEvent) => void;
  /** Called after each iteration. */
  readonly onIteration?: (event: ConvIterationEvent) => void;
  /** Called where the fit goes on otherwise than asked; the estimator keeps the warnings, too. */
  readonly onWarning?: (warning: FitWarning) => void;
}

/**
 * Options of `fit`. `X` and `Y` are what the estimator takes. Validation data choose ridge, iteration and
 * layer; without them the last iteration of the last layer is kept, and only one ridge may be given.
 */
export interface ConvFitOptions<X, Y> extends FitOptions<X, Y>, ConvEvents {
  /** Images on which every fit is scored for the record (`history`). They choose nothing. */
  readonly test?: { readonly x: X; readonly y: Y };
}

/** The transform of one fit on the host: what its patches were multiplied by. */
export interface TransformSnapshot {
  readonly layer: number;
  /** 0 for the fixed kernel, whose transform is the identity. */
  readonly iteration: number;
  readonly patchSize: number;
  readonly channels: number;
  /** B [d, d], row-major, entries by (row, column, channel); symmetric. The metric on patches is B². */
  readonly transform: Float64Array;
}
