import { type Backend, type FloatDType, ShapeError } from '@agop/core';
import { type MatrixInput, toHostMatrix } from './input/index.ts';
import type { ModelFormat, ModelParts } from './model-file.ts';
import type { Rows } from './rows.ts';
import type { TargetCoding } from './task.ts';

/** What every algorithm has among its settings. */
export interface TrainerSettings {
  /** Where to compute. */
  readonly backend: Backend;
  /** Chooses the samples that are held out for validation. */
  readonly seed: number;
}

/** What a fit gives; owns its tensors. */
export interface FittedModel {
  dispose(): void;
}

/** Options of loading a model. */
export interface LoadOptions {
  /** Where to compute. */
  readonly backend: Backend;
  /**
   * Precision to compute in. Default that of the file, or the backend's preferred one where it has not that.
   */
  readonly dtype?: FloatDType;
}

/** The types of an algorithm; extend it, or {@link MatrixTypes}, and name your own. */
export interface TrainerTypes {
  /** Samples as users hand them over. */
  readonly input: unknown;
  /** Samples on the host. */
  readonly samples: Rows;
  /** Options with the defaults filled in. */
  readonly settings: TrainerSettings;
  readonly fitted: FittedModel;
  /** What a model file says besides the task. */
  readonly description: object;
  /** Further options of `fit`, e.g. callbacks. */
  readonly events: object;
  /** Further arguments of `predict`. */
  readonly how: readonly unknown[];
  readonly load: LoadOptions;
}

/**
 * {@link TrainerTypes} of an algorithm on matrices.
 *
 * @typeParam How further arguments of `predict`
 */
export interface MatrixTypes<How extends readonly unknown[] = readonly []> extends TrainerTypes {
  readonly input: MatrixInput;
  readonly samples: Rows;
  readonly how: How;
}

/** Samples on the host with their targets: class indices [n, 1], or values [n, outputs]. */
export interface Samples<X extends Rows> {
  readonly x: X;
  readonly y: Rows;
  /** How much each sample counts, from 0, with mean 1: [n]. Left out where all count alike. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** All that a fit is given. Plain data but for the coding, which can be saved: it can travel to a worker. */
export interface FitJob<X extends Rows> {
  readonly coding: TargetCoding;
  readonly training: Samples<X>;
  /** Samples that choose the best step, if there are any. */
  readonly held: Samples<X> | undefined;
  /** Samples that are scored for the record only. */
  readonly test: Samples<X> | undefined;
}

/** How samples are read; {@link matrixSamples} is that of matrices. */
export interface SampleReader<T extends TrainerTypes> {
  /** What samples are called in messages: `rows`. */
  readonly noun: string;
  /**
   * Samples on the host, checked.
   *
   * @param what their name, with which messages begin: `X`
   */
  read(input: T['input'], what: string, settings: T['settings']): Promise<T['samples']>;
  /**
   * Checks that further samples are of the size of those of the fit.
   *
   * @param prefix before X in messages: `Validation `
   * @throws {ShapeError} if they are not
   */
  checkLike(samples: T['samples'], like: T['samples'], prefix: string): void;
}

/**
 * An algorithm that learns from samples, free of what users see: it knows no labels, no options of `fit` and
 * no files. {@link Estimator} puts it before users; another algorithm may use it for its parts.
 */
export interface Trainer<T extends TrainerTypes> extends SampleReader<T> {
  readonly format: ModelFormat<T['description']>;
  /** Whether `fit` heeds the weights of samples. Where it does not, they are refused. Default false. */
  readonly takesWeights?: boolean;
  /**
   * Names of the further options of `fit` and of loading. Where they are given, other names are refused, with
   * the nearest one; the values of those of `fit` are functions.
   */
  readonly optionNames?: {
    readonly fit: readonly (keyof T['events'] & string)[];
    readonly load: readonly (Exclude<keyof T['load'], keyof LoadOptions> & string)[];
  };
  /**
   * Learns. An error, also of a callback, leaves no tensor alive.
   *
   * @throws {AbortedError} through `signal`
   */
  fit(
    job: FitJob<T['samples']>,
    settings: T['settings'],
    options: Partial<T['events']> & { readonly signal?: AbortSignal | undefined },
  ): Promise<T['fitted']>;
  /**
   * Outputs for samples, [n, outputs], row-major.
   *
   * @throws {ShapeError} for samples of another size than those of the fit
   */
  predict(fitted: T['fitted'], samples: T['samples'], ...how: T['how']): Promise<ArrayLike<number>>;
  /** What is saved of a model. */
  encode(fitted: T['fitted']): Promise<ModelParts<T['description']>>;
  /**
   * Brings a saved model to a backend.
   *
   * @param outputs number of outputs that the task has
   * @throws {FormatError} for tensors that are missing, or do not go together
   */
  decode(
    saved: ModelParts<T['description']>,
    outputs: number,
    options: T['load'],
  ): T['fitted'] | Promise<T['fitted']>;
}

/** How matrices are read: see {@link MatrixInput}. */
export const matrixSamples = {
  noun: 'rows',
  read: (input: MatrixInput, what: string): Promise<Rows> => toHostMatrix(input, what),
  checkLike({ columns }: Rows, like: Rows, prefix: string): void {
    if (columns !== like.columns) {
      throw new ShapeError(`${prefix}X has ${columns} columns, but X has ${like.columns}.`);
    }
  },
};
