import { type Backend, chooseDType, type FloatDType, OptionError, ShapeError } from '@agop/core';
import { checkChoice, checkWhole } from '@agop/core/options';
import type { ComputeOptions } from '../compute/budget.ts';
import type { Activation } from '../deep/feature-layer.ts';
import type { ChannelAxis, HostImages } from '../images/image-input.ts';
import { convolutionalNtk } from '../kernels/convolutional.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import { type ConvRecursionOptions, resolveRecursion } from '../loop/options.ts';

/**
 * Layers below the kernel (Deep ConvRFM): each maps images through random filters drawn from the patch metric that a ConvRFM on its input has
 * learned; the next ConvRFM has a kernel with one layer less.
 */
export interface DeepOptions {
  /** Feature layers, from 1, fewer than the kernel's depth for convolutional kernels. */
  readonly layers: number;
  /** Filters per layer. Default 64. */
  readonly width?: number;
  /** Default 'relu'; the published program has 'none'. */
  readonly activation?: Activation;
}

/** Options of {@link ConvRFMClassifier} and {@link ConvRFMRegressor}. Presets can be spread into them. */
export interface ConvEstimatorOptions
  extends ConvRecursionOptions,
    Pick<ComputeOptions, 'memoryBudget' | 'tileBytes'> {
  /** Where to compute. */
  readonly backend: Backend;
  /** Default `convolutionalNtk({ depth: 3, patchSize: 3 })`. */
  readonly kernel?: ImageKernel;
  /** Feature layers below the kernel. Default none. */
  readonly deep?: DeepOptions;
  /**
   * Precision of the kernel and its gradients; systems are solved in float64 where the backend has it. Default float32 where the backend has it: kernel
   * values then are exact to about 1e-4.
   */
  readonly dtype?: FloatDType;
  /** Where the channels of images are. Default last; shapes that look otherwise are refused. */
  readonly channels?: ChannelAxis;
  /**
   * `validation` chooses ridge, iteration and layer on validation data. `test` says that the data given as validation is the test data, as in
   * the published program: its scores are then optimistic, and a warning says so. Default 'validation'.
   */
  readonly selection?: 'validation' | 'test';
  /** Keep the transform and the AGOP's spectrum of each iteration, see `snapshots`. Default true. */
  readonly keepTransforms?: boolean;
  /** Where warnings go. Default `console.warn`. */
  readonly onWarning?: (message: string) => void;
}

/** {@link ConvEstimatorOptions} with the defaults filled in. */
export interface ConvEstimatorSettings {
  readonly backend: Backend;
  readonly kernel: ImageKernel;
  readonly deep: Required<DeepOptions>;
  readonly dtype: FloatDType;
  readonly channels: ChannelAxis | undefined;
  readonly selection: 'validation' | 'test';
  readonly keepTransforms: boolean;
  readonly recursion: ReturnType<typeof resolveRecursion>;
  readonly compute: Pick<ComputeOptions, 'memoryBudget' | 'tileBytes'>;
  readonly warn: (message: string) => void;
}

/** @throws {OptionError} */
export function estimatorSettings(options: ConvEstimatorOptions): ConvEstimatorSettings {
  const { backend, kernel = convolutionalNtk(), memoryBudget, tileBytes } = options;
  return {
    backend,
    kernel,
    deep: deepSettings(kernel, options.deep),
    dtype: chooseDType(backend, options.dtype, 'float32'),
    channels: options.channels,
    selection: checkChoice('selection', options.selection ?? 'validation', ['validation', 'test']),
    keepTransforms: options.keepTransforms ?? true,
    recursion: resolveRecursion(options),
    compute: {
      ...(memoryBudget !== undefined && { memoryBudget }),
      ...(tileBytes !== undefined && { tileBytes }),
    },
    warn: options.onWarning ?? ((message) => console.warn(message)),
  };
}

function deepSettings(kernel: ImageKernel, deep: DeepOptions | undefined): Required<DeepOptions> {
  if (!deep) return { layers: 0, width: 64, activation: 'relu' };
  const layers = checkWhole('deep.layers', deep.layers, 1);
  const convolutional = kernel.withDepth(2).depth === 2;
  if (convolutional && layers >= kernel.depth) {
    throw new OptionError(
      'deep',
      `deep.layers must be below the kernel's depth of ${kernel.depth}, as each layer takes one, but is ${layers}.`,
    );
  }
  return {
    layers,
    width: checkWhole('deep.width', deep.width ?? 64, 1),
    activation: checkChoice('deep.activation', deep.activation ?? 'relu', ['relu', 'none']),
  };
}

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

/** How predictions compare with what is right. */
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
  readonly seconds: number;
  readonly secondsLeft: number;
}

/** Options of `fit`. `X` and `Y` are what the estimator takes. */
export interface ConvFitOptions<X, Y> {
  /**
   * Data on which ridge, iteration and layer are chosen: given, or a fraction in (0, 1) of the training images held out at random (seeded; by class for
   * classifiers). Default none: the last iteration of the last layer is kept, and only one ridge may be given.
   */
  readonly validation?: { readonly x: X; readonly y: Y } | number;
  /** Images on which every fit is scored for the record (`history`). They choose nothing. */
  readonly test?: { readonly x: X; readonly y: Y };
  /** Called several times per second. */
  readonly onProgress?: (event: ConvProgressEvent) => void;
  /** Called after each iteration. */
  readonly onIteration?: (event: ConvIterationEvent) => void;
  /** Stops the fit with an {@link AbortedError}, at the latest a fraction of a second later; the estimator stays as it was. */
  readonly signal?: AbortSignal;
}

/** Size of the images of a model, in words. */
export function sizeInWords({
  height,
  width,
  channels,
}: Pick<HostImages, 'height' | 'width' | 'channels'>): string {
  return `${height} x ${width} x ${channels} (height x width x channels)`;
}

/** @throws {ShapeError} for images of another size than those of the fit */
export function checkSizes(x: HostImages, like: HostImages, prefix: string): void {
  if (sizeInWords(x) !== sizeInWords(like)) {
    throw new ShapeError(`${prefix}X has images of ${sizeInWords(x)}, but X of ${sizeInWords(like)}.`);
  }
}
