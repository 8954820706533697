import type { PatchPadding } from '../images/geometry.ts';
import type { FieldKernel } from './field-kernel.ts';

/** How positions are read out: each by its own weights (`none`), or their average by one set (`average`). */
export type Pooling = 'none' | 'average';

/** What every kernel on images has in common. */
export interface ImageKernelOptions {
  /** Height and width of the patches, from 1. Default 3. */
  readonly patchSize?: number;
  /** Default 'valid'. */
  readonly padding?: PatchPadding;
  /**
   * `none` compares patches at the same position only. `average` compares all pairs of positions, which takes
   * positions times as long. Default 'none'.
   */
  readonly pooling?: Pooling;
}

/** Names of {@link ImageKernelOptions}. */
export const imageKernelNames: Readonly<Record<keyof ImageKernelOptions, true>> = {
  patchSize: true,
  padding: true,
  pooling: true,
};

/** Numbers and words that a kernel is made from again. */
export type ImageKernelParameters = Readonly<Record<string, number | string>>;

/**
 * A kernel on images that depends on them through their patches: a function of the inner products of patches
 * at the same position (or at all pairs of positions), averaged over positions. Patches may be multiplied by
 * a matrix first; that is what ConvRFM learns.
 */
export interface ImageKernel extends Required<ImageKernelOptions> {
  readonly name: string;
  readonly parameters: ImageKernelParameters;
  /** Convolutional layers, 1 for kernels of patches alone. */
  readonly depth: number;
  /** What is computed at the positions. */
  readonly fields: FieldKernel;
  /** The same kernel with another number of layers. */
  withDepth(depth: number): ImageKernel;
}
