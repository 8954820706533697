import { type Backend, chooseDType, type FloatDType, OptionError } from '@agop/core';
import {
  checkChoice,
  checkFlag,
  checkGiven,
  checkNonNegative,
  checkPositive,
  checkRange,
  checkSteps,
  checkWhole,
} from '@agop/core/options';
import type { TrainerSettings } from '@agop/estimators';
import { checkKernel, type Kernel } from '@agop/rfm';
import type { DimensionRule } from '../dimension/selection.ts';
import { methods, type SubspaceMethod } from '../methods/names.ts';
import type { MethodSettings } from '../methods/problem.ts';

/** Options of `CentralSubspace` and `CentralSubspaceClassifier`. */
export interface SubspaceOptions {
  /** Where to compute. */
  readonly backend: Backend;
  /** How directions are found; `methods` says what each is. Default 'refinedMave'. */
  readonly method?: SubspaceMethod;
  /**
   * Number of directions, from 1, or how it is chosen: the largest `gap` of the eigenvalues,
   * `crossValidation` of local regression on the directions, a `permutation` test of the eigenvalues, or
   * `auto`: the permutation test for inverse regressions, cross-validation for the others. Default 'auto'.
   */
  readonly dimension?: number | DimensionRule | 'auto';
  /** Largest dimension that is tried, from 1. Default 6, or the number of features where there are fewer. */
  readonly maxDimension?: number;
  /**
   * Divide each feature by its standard deviation first, so that distances and loadings compare features of
   * different units. Default true.
   */
  readonly standardize?: boolean;
  /** Factor of all bandwidths of local regressions, from 1e-6 to 1e6. Default 1. */
  readonly bandwidth?: number;
  /**
   * Ridge of local regressions, relative to the mean local variance of the features, from 0. Default 0.01.
   */
  readonly ridge?: number;
  /** Most steps of MAVE and of modal regression; metric updates of 'rfm'. From 1. Default 10; 'rfm': 2. */
  readonly iterations?: number;
  /** Most steps of refined methods that weigh along the directions of the step before, from 1. Default 8. */
  readonly refinements?: number;
  /**
   * Most rows at which local regressions are taken, drawn at random where there are more; each still sees all
   * rows. From 1. Default 2000.
   */
  readonly centers?: number;
  /** Slices of y for inverse regressions and indicators, from 2; classes are slices. Default 10. */
  readonly slices?: number;
  /** Whether 'phd' subtracts a linear fit from y first. Default true. */
  readonly residuals?: boolean;
  /**
   * Bandwidth of residuals of 'modalOpg', in their standard deviations, from 1e-6 to 1e6. Default 1.
   */
  readonly modalBandwidth?: number;
  /**
   * Kernel of 'agop' and 'rfm'. Default Gaussian of bandwidth √p, p being the number of features, times the
   * root of their mean variance where they are not standardized.
   */
  readonly kernel?: Kernel | undefined;
  /** Ridge of 'agop' and 'rfm', from 0. Default 1e-3. */
  readonly kernelRidge?: number;
  /** Permutations of a permutation test, from 1. Default 99. */
  readonly permutations?: number;
  /** Level of a permutation test, above 0 and at most 1. Default 0.05. */
  readonly level?: number;
  /** Bytes that weights and sums of local regressions may take together on the backend. Default 256 MiB. */
  readonly memory?: number;
  /** Seed of rows that are drawn, permutations, and rows held out. Default 0. */
  readonly seed?: number;
  /** Precision of what is computed on the backend. Default float64, where it has it. */
  readonly dtype?: FloatDType;
}

/** {@link SubspaceOptions} with the defaults filled in. */
export interface SubspaceSettings extends TrainerSettings, Omit<MethodSettings, 'signal' | 'kernel'> {
  readonly method: SubspaceMethod;
  readonly dimension: number | DimensionRule | 'auto';
  readonly maxDimension: number;
  readonly standardize: boolean;
  readonly kernel: Kernel | undefined;
  readonly permutations: number;
  readonly level: number;
}

const names: Readonly<Record<keyof SubspaceOptions, boolean>> = {
  backend: true,
  method: true,
  dimension: true,
  maxDimension: true,
  standardize: true,
  bandwidth: true,
  ridge: true,
  iterations: true,
  refinements: true,
  centers: true,
  slices: true,
  residuals: true,
  modalBandwidth: true,
  kernel: true,
  kernelRidge: true,
  permutations: true,
  level: true,
  memory: true,
  seed: true,
  dtype: true,
};

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {OptionError} for unknown names, values out of range, a missing backend, and a dtype that it does
 *   not compute in
 */
export function subspaceSettings(what: string, options: SubspaceOptions): SubspaceSettings {
  checkGiven(what, options, names);
  const method = checkChoice(
    'method',
    options.method ?? 'refinedMave',
    Object.keys(methods) as SubspaceMethod[],
  );
  return {
    backend: options.backend,
    dtype: chooseDType(options.backend, options.dtype, 'float64'),
    method,
    dimension: checkDimension(options.dimension ?? 'auto'),
    maxDimension: checkWhole('maxDimension', options.maxDimension ?? 6, 1),
    standardize: checkFlag('standardize', options.standardize ?? true),
    bandwidth: checkFactor('bandwidth', options.bandwidth ?? 1),
    ridge: checkNonNegative('ridge', options.ridge ?? 0.01),
    iterations: checkSteps('iterations', options.iterations ?? (method === 'rfm' ? 2 : 10), 1),
    refinements: checkSteps('refinements', options.refinements ?? 8, 1),
    centers: checkWhole('centers', options.centers ?? 2000, 1),
    slices: checkWhole('slices', options.slices ?? 10, 2),
    residuals: checkFlag('residuals', options.residuals ?? true),
    modalBandwidth: checkFactor('modalBandwidth', options.modalBandwidth ?? 1),
    kernel: options.kernel === undefined ? undefined : checkKernel('kernel', options.kernel),
    kernelRidge: checkNonNegative('kernelRidge', options.kernelRidge ?? 1e-3),
    permutations: checkSteps('permutations', options.permutations ?? 99, 1),
    level: checkRange('level', options.level ?? 0.05, 0, 1),
    memory: checkPositive('memory', options.memory ?? 256 * 2 ** 20),
    seed: checkWhole('seed', options.seed ?? 0, 0),
  };
}

/** A factor of what is chosen by the data: beyond these nothing is left of that. */
function checkFactor(option: string, value: number): number {
  if (checkPositive(option, value) >= 1e-6 && value <= 1e6) return value;
  throw new OptionError(option, { requirement: 'be a number from 1e-6 to 1e6', received: value });
}

function checkDimension(dimension: number | DimensionRule | 'auto'): number | DimensionRule | 'auto' {
  const rules: readonly unknown[] = ['auto', 'gap', 'crossValidation', 'permutation'];
  if (rules.includes(dimension)) return dimension;
  if (typeof dimension === 'number' && Number.isSafeInteger(dimension) && dimension >= 1) return dimension;
  throw new OptionError('dimension', {
    requirement: 'be a whole number from 1, or one of auto, gap, crossValidation, permutation',
    received: dimension,
  });
}
