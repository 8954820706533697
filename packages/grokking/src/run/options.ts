import { type Backend, chooseDType, type FloatDType } from '@agop/core';
import { checkFlag, checkGiven, checkSteps } from '@agop/core/options';
import {
  type Centering,
  type CenteringOptions,
  checkKernel,
  gaussian,
  type Kernel,
  presets,
  resolveCentering,
} from '@agop/rfm';
import { checkTask, type ModularTask } from '../tasks/task.ts';

/** What `grokkingSteps` and `runGrokking` need. The defaults are those of the published program. */
export interface GrokkingOptions extends CenteringOptions {
  readonly backend: Backend;
  readonly task: ModularTask;
  /**
   * Default the Gaussian kernel with bandwidth 2.5. The paper also uses `quadratic()`; `laplace()` works too.
   */
  readonly kernel?: Kernel;
  /** Metric updates after the first fit, from 0. There is one fit more than updates. Default 29. */
  readonly iterations?: number;
  /**
   * @deprecated Number of fits, from 1: what `iterations` meant formerly, one more than now. It counts where
   * both are given.
   */
  readonly fits?: number;
  /** Ridge of each fit, from 0. Default 0: training pairs are interpolated. */
  readonly ridge?: number;
  /** Exponent of the AGOP in the metric, positive. Default 0.5. */
  readonly power?: number;
  /** Mean subtracted from the gradients. Default 'output', as in the published program. */
  readonly centering?: Centering;
  /**
   * Default 'float64' where the backend has it, else its own preference. In float32 the accuracies agree
   * within a test pair or two for small bandwidths.
   */
  readonly dtype?: FloatDType;
  /**
   * Also compute the extreme eigenvalues of each kernel matrix: costs more than all the rest. Default false.
   */
  readonly kernelEigenvalues?: boolean;
  /**
   * Bytes that the backend may use, compared beforehand with the run's need. Default and upper limit: what
   * its device says it has, if it does.
   */
  readonly memoryBudget?: number;
  /** Free bytes of the program's own memory, where known; see `checkGrokkingMemory`. */
  readonly freeHostBytes?: number;
  readonly signal?: AbortSignal;
}

/** Options without a default. */
type Unset = 'signal' | 'memoryBudget' | 'freeHostBytes';

/** Options with the defaults filled in. */
export type ResolvedOptions = Required<Omit<GrokkingOptions, Unset | 'centring' | 'fits'>> &
  Pick<GrokkingOptions, Unset>;

const names: Readonly<Record<keyof GrokkingOptions | 'onIteration', boolean>> = {
  backend: true,
  task: true,
  kernel: true,
  iterations: true,
  fits: false,
  ridge: true,
  power: true,
  centering: true,
  centring: false,
  dtype: true,
  kernelEigenvalues: true,
  memoryBudget: true,
  freeHostBytes: true,
  signal: true,
  onIteration: true,
};

/**
 * The metric updates that options ask for.
 *
 * @throws {OptionError} for what is not a whole number, from 0 for `iterations` and from 1 for `fits`
 */
export function updatesOf({ iterations, fits }: Pick<GrokkingOptions, 'iterations' | 'fits'>): number {
  if (fits !== undefined) return checkSteps('fits', fits, 1) - 1;
  return checkSteps('iterations', iterations ?? presets.grokking2024.iterations, 0);
}

/** @throws {OptionError} for an option out of range */
export function resolveOptions(options: GrokkingOptions): ResolvedOptions {
  checkGiven('grokking', options, names);
  const { task, kernel } = options;
  checkTask(task);
  if (kernel !== undefined) checkKernel('kernel', kernel);
  if (options.kernelEigenvalues !== undefined) checkFlag('kernelEigenvalues', options.kernelEigenvalues);
  const preset = presets.grokking2024;
  return {
    kernel: gaussian({ bandwidth: 2.5 }),
    ridge: preset.ridge,
    power: preset.power,
    kernelEigenvalues: false,
    ...options,
    centering: resolveCentering(options, preset.centering),
    iterations: updatesOf(options),
    dtype: chooseDType(options.backend, options.dtype, 'float64'),
  };
}
