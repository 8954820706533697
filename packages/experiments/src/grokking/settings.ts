import type { FloatDType } from '@agop/core';
import type { ModularTaskOptions } from '@agop/grokking';
import type { Kernel } from '@agop/rfm';

/** Settings of a run on modular arithmetic. */
export interface GrokkingSettings {
  /** Not made yet: first the memory for it is compared with what there is. */
  readonly task: ModularTaskOptions & { readonly seed: number };
  readonly kernel: Kernel;
  /** Fits of the kernel machine. */
  readonly iterations: number;
  readonly ridge: number;
  readonly dtype: FloatDType;
  /** Iterations whose metric the result keeps; undefined to choose them by what happened. */
  readonly shown: readonly number[] | undefined;
}
