import type { Backend, FloatDType } from '@agop/core';
import { checkWhole } from '@agop/core/options';
import { type CenteringOptions, gaussian, type Kernel, presets, resolveCentering } from '@agop/rfm';
import type { ModularTask } from '../tasks/task.ts';

/** What `grokkingSteps` and `runGrokking` need. The defaults are those of the published program. */
export interface GrokkingOptions extends CenteringOptions {
  readonly backend: Backend;
  readonly task: ModularTask;
  /** Default the Gaussian kernel with bandwidth 2.5. The paper also uses `quadratic()`; `laplace()` works too. */
  readonly kernel?: Kernel;
  /** Number of fits, from 1. Default 30. */
  readonly iterations?: number;
  /** Ridge of each fit, from 0. Default 0: training pairs are interpolated. */
  readonly ridge?: number;
  /** Exponent of the AGOP in the metric, positive. Default 0.5. */
  readonly power?: number;
  /** Default 'float64'. In float32 the accuracies agree within a test pair or two for small bandwidths. */
  readonly dtype?: FloatDType;
  /** Also compute the extreme eigenvalues of each kernel matrix: costs more than all the rest. Default false. */
  readonly kernelEigenvalues?: boolean;
  /** Bytes that the backend may use, compared beforehand with the run's need. Default and upper limit: what its device says it has, if it does. */
  readonly memoryBudget?: number;
  /** Free bytes of the program's own memory, where known; see `checkGrokkingMemory`. */
  readonly freeHostBytes?: number;
  readonly signal?: AbortSignal;
}

/** Options without a default. */
type Unset = 'signal' | 'memoryBudget' | 'freeHostBytes' | 'centring';

/** Options with the defaults filled in. */
export type ResolvedOptions = Required<Omit<GrokkingOptions, Unset>> & Pick<GrokkingOptions, Unset>;

/** @throws {OptionError} for a number of iterations that is not a whole number from 1 */
export function resolveOptions(options: GrokkingOptions): ResolvedOptions {
  const preset = presets.grokking2024;
  const iterations = checkWhole('iterations', options.iterations ?? preset.iterations + 1, 1);
  return {
    kernel: gaussian({ bandwidth: 2.5 }),
    ridge: preset.ridge,
    power: preset.power,
    dtype: 'float64',
    kernelEigenvalues: false,
    ...options,
    centering: resolveCentering(options, preset.centering),
    iterations,
  };
}
