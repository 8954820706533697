import { type Backend, chooseDType, type FloatDType } from '@agop/core';
import { checkChoice, checkFlag } from '@agop/core/options';
import type { FitWarning, LabelCoding, LoadOptions, ShapedArray } from '@agop/estimators';
import type { KernelFactory } from '@agop/rfm';
import type { FeatureMapFactory } from '../feature-maps/serialization.ts';
import {
  type DeepRecursionOptions,
  type DeepRecursionSettings,
  deepRecursionSettings,
} from '../layers/options.ts';
import type { Stage } from './deep-machine.ts';
import type { LayerRecord } from './records.ts';

/** Options of {@link DeepRFM}. */
export interface DeepRFMOptions extends DeepRecursionOptions {
  /** Where to compute. */
  readonly backend: Backend;
  /**
   * Targets of the classes: `signed` is 1 for the own class and -1 for the others, `oneHot` 1 and 0. Default
   * 'signed'.
   */
  readonly labelCoding?: Extract<LabelCoding, 'oneHot' | 'signed'>;
  /**
   * Bring each column to mean 0 and standard deviation 1 (of the training rows) first; columns that do not
   * vary become 0. Default true.
   */
  readonly standardization?: boolean;
  /**
   * Precision of all steps. Default float64 where the backend has it. In float32 the kernel matrix stops
   * being positive definite once the classes have collapsed: without ridge early, with a ridge of 1e-3 from
   * an NC1 of about 1e-3 on (1,400 rows).
   */
  readonly dtype?: FloatDType;
  /**
   * Keep the training rows at every depth, which makes predictions at inner depths faster. Otherwise they are
   * freed as the fit goes on, and computed again where needed. Default false.
   */
  readonly keepFeatures?: boolean;
}

/** {@link DeepRFMOptions} with the defaults filled in. */
export interface DeepRFMSettings extends DeepRecursionSettings {
  readonly backend: Backend;
  readonly labelCoding: Extract<LabelCoding, 'oneHot' | 'signed'>;
  readonly standardization: boolean;
  readonly dtype: FloatDType;
  readonly keepFeatures: boolean;
}

/** The names of all options; false marks an old one. */
export const optionNames: Readonly<Record<keyof DeepRFMOptions, boolean>> = {
  backend: true,
  depth: true,
  kernel: true,
  ridge: true,
  iterations: true,
  power: true,
  centering: true,
  centring: false,
  normalization: true,
  rowNormalization: true,
  featureMap: true,
  agopSamples: true,
  solver: true,
  labelCoding: true,
  standardization: true,
  dtype: true,
  keepFeatures: true,
  seed: true,
};

/** @throws {OptionError} for an option out of range, or a dtype that the backend does not compute in */
export function deepRFMSettings(options: DeepRFMOptions): DeepRFMSettings {
  const { backend } = options;
  return {
    ...deepRecursionSettings(options),
    backend,
    labelCoding: checkChoice('labelCoding', options.labelCoding ?? 'signed', ['signed', 'oneHot']),
    standardization: checkFlag('standardization', options.standardization ?? true),
    dtype: chooseDType(backend, options.dtype, 'float64'),
    keepFeatures: checkFlag('keepFeatures', options.keepFeatures ?? false),
  };
}

/** What is told after each layer. */
export interface LayerEvent extends LayerRecord {
  /** Number of layers of the fit. */
  readonly depth: number;
  /** Seconds since the fit began. */
  readonly elapsed: number;
  /** Estimate of the seconds until it ends. */
  readonly secondsLeft: number;
}

/** The training rows at one depth. */
export interface DepthRowsEvent {
  /** From 0, the data as they enter the first layer, to the number of layers. */
  readonly layer: number;
  /** Normalized, in the order of the training rows, [n, width]. */
  readonly rows: ShapedArray;
}

/**
 * How a fit tells how far it is. What one of these callbacks throws ends the fit, and so does what its
 * promise rejects with while the fit runs; no promise is waited for.
 */
export interface LayerEvents {
  /** Called with the training rows at each depth, before `onLayer`. They are read from the backend for it. */
  readonly onRows?: (event: DepthRowsEvent) => void;
  /** Called after each layer. */
  readonly onLayer?: (event: LayerEvent) => void;
  /**
   * Called where the fit goes on otherwise than asked: in float64, or no further than a layer. The estimator
   * keeps the warnings, too.
   */
  readonly onWarning?: (warning: FitWarning) => void;
}

/** Options of loading a Deep RFM. */
export interface DeepLoadOptions extends LoadOptions, Pick<DeepRFMOptions, 'keepFeatures'> {
  /** Factories of the user's own kernels, by name. */
  readonly kernels?: Readonly<Record<string, KernelFactory>>;
  /** Factories of the user's own feature maps, by name. */
  readonly featureMaps?: Readonly<Record<string, FeatureMapFactory>>;
}

/** Which of the predictors answers. */
export interface DepthOptions {
  /**
   * From 0, the kernel machine on the data as it is, to the number of layers. Default the number of layers.
   */
  readonly layer?: number;
}

/** Which stage of a layer {@link DeepRFM.transform} gives. */
export interface StageOptions {
  /**
   * `input`: X, the rows that come in, normalized; `projected`: X M^(1/2); `features`: Φ(X M^(1/2)). Default
   * 'features'.
   */
  readonly stage?: Stage;
}
