import { type Backend, chooseDType, type FloatDType, OptionError, wording } from '@agop/core';
import { checkChoice, checkFlag, checkGiven, checkSteps, checkWhole } from '@agop/core/options';
import type { TrainerSettings } from '@agop/estimators';
import { type ComputeOptions, checkComputeOptions } from '../compute/budget.ts';
import type { Activation } from '../deep/feature-layer.ts';
import type { ChannelAxis } from '../images/image-input.ts';
import { checkImageKernel } from '../kernels/check-image-kernel.ts';
import { convolutionalNtk } from '../kernels/convolutional.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import { type ConvRecursionOptions, type ResolvedConvRecursion, resolveRecursion } from '../loop/options.ts';

/**
 * Layers below the kernel (Deep ConvRFM): each maps images through random filters drawn from the patch metric
 * that a ConvRFM on its input has learned; the next ConvRFM has a kernel with one layer less.
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
   * Precision of the kernel and its gradients; systems are solved in float64 where the backend has it.
   * Default float32 where the backend has it: kernel values then are exact to about 1e-4.
   */
  readonly dtype?: FloatDType;
  /** Where the channels of images are. Default last; shapes that look otherwise are refused. */
  readonly channels?: ChannelAxis;
  /**
   * `validation` chooses ridge, iteration and layer on validation data. `test` says that the data given as
   * validation is the test data, as in the published program: its scores are then optimistic, and a warning
   * says so. Default 'validation'.
   */
  readonly selection?: 'validation' | 'test';
  /** Keep the transform and the AGOP's spectrum of each iteration, see `snapshots`. Default true. */
  readonly keepTransforms?: boolean;
}

/** {@link ConvEstimatorOptions} with the defaults filled in. */
export interface ConvSettings extends TrainerSettings {
  readonly kernel: ImageKernel;
  readonly deep: Required<DeepOptions>;
  readonly dtype: FloatDType;
  readonly channels: ChannelAxis | undefined;
  readonly selection: 'validation' | 'test';
  readonly keepTransforms: boolean;
  readonly recursion: ResolvedConvRecursion;
  readonly compute: Pick<ComputeOptions, 'memoryBudget' | 'tileBytes'>;
}

const names: Readonly<Record<keyof ConvEstimatorOptions, true>> = {
  backend: true,
  kernel: true,
  deep: true,
  iterations: true,
  ridge: true,
  update: true,
  agopImages: true,
  agopChoice: true,
  agopRidge: true,
  seed: true,
  solver: true,
  memoryBudget: true,
  tileBytes: true,
  dtype: true,
  channels: true,
  selection: true,
  keepTransforms: true,
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {OptionError} for unknown names and values out of range, a missing backend, and a dtype that it
 *   does not compute in
 */
export function convSettings(options: ConvEstimatorOptions): ConvSettings {
  checkGiven('ConvRFM', options, names);
  const { backend, kernel = convolutionalNtk(), memoryBudget, tileBytes } = options;
  checkImageKernel(kernel);
  checkComputeOptions('ConvRFM', { memoryBudget, tileBytes });
  const recursion = resolveRecursion(options);
  return {
    backend,
    seed: recursion.seed,
    kernel,
    deep: deepSettings(kernel, options.deep),
    dtype: chooseDType(backend, options.dtype, 'float32'),
    channels: options.channels,
    selection: checkChoice('selection', options.selection ?? 'validation', ['validation', 'test']),
    keepTransforms: checkFlag('keepTransforms', options.keepTransforms ?? true),
    recursion,
    compute: { memoryBudget, tileBytes },
  };
}

function deepSettings(kernel: ImageKernel, deep: DeepOptions | undefined): Required<DeepOptions> {
  if (deep === undefined) return { layers: 0, width: 64, activation: 'relu' };
  checkGiven('deep', deep, { layers: true, width: true, activation: true });
  const layers = checkSteps('deep.layers', deep.layers, 1);
  const convolutional = kernel.withDepth(2).depth === 2;
  if (convolutional && layers >= kernel.depth) {
    throw new OptionError(
      'deep',
      wording`${{ option: 'deep.layers', bare: true }} must be below the kernel's ${{ option: 'depth', bare: true }} of ${kernel.depth}, as each layer takes one, but is ${layers}.`,
    );
  }
  return {
    layers,
    width: checkWhole('deep.width', deep.width ?? 64, 1),
    activation: checkChoice('deep.activation', deep.activation ?? 'relu', ['relu', 'none']),
  };
}
