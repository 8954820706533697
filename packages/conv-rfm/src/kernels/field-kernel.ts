import type { Backend, Tensor } from '@agop/core';
import type { FieldGeometry } from '../images/geometry.ts';

/** The positions at which a kernel is evaluated, layer by layer: all of an image, or a part of them. */
export type FieldPlan = Pick<FieldGeometry, 'grids' | 'patchSize' | 'layerPadding' | 'channels'>;

/**
 * b images made ready: what a kernel needs of each alone. P is the number of positions of a layer, d the
 * length of a patch.
 */
export interface Fields {
  /** b */
  readonly count: number;
  /** Patches as columns, position by position: [P · d, b]. */
  readonly patches: Tensor;
  /** Per layer what {@link FieldKernel.scales} makes: [P, b]. */
  readonly scales: readonly Tensor[];
}

/** Two blocks of images whose patches are compared at corresponding positions. */
export interface FieldPair {
  readonly x: Fields;
  readonly z: Fields;
  readonly plan: FieldPlan;
}

/** Derivatives of the sum of a field over its positions. */
export interface Sensitivities {
  /** By u · v of the first layer's patches, for each pair of images: [P · x.count, z.count]. */
  readonly product: Tensor;
  /**
   * Per layer by what the kernel has there of the first image alone, times the coefficients of the second,
   * summed over the second: [P · x.count, outputs].
   */
  readonly squares: readonly Tensor[];
}

/**
 * A function of patches at corresponding positions: for images x_i and z_j and a position, of the inner
 * products u·v, u·u, v·v of patches u of x_i and v of z_j there and (with several layers) around there.
 *
 * Fields are matrices [P · x.count, z.count]: position by position, the pairs of images.
 */
export interface FieldKernel {
  /** Whether values depend on differences of patches alone, so that images may be moved. Default false. */
  readonly radial?: boolean;
  /** From the lengths of patches [P, b], per layer what pairs need of an image; for the caller. */
  scales(ops: Backend, lengths: Tensor, plan: FieldPlan): Tensor[];
  /** The value at each position of the last layer; the caller owns it. */
  values(ops: Backend, pair: FieldPair): Tensor;
  /** @param coefficients [z.count, outputs]; the caller owns the result */
  sensitivities(ops: Backend, pair: FieldPair, coefficients: Tensor): Sensitivities;
  /**
   * Brings the squares of all layers of {@link Sensitivities} to those by u · u of the first layer's patches,
   * [P · b, outputs]; the caller owns it. Here the plan is that of the whole grid.
   */
  squaresOfPatches(ops: Backend, squares: readonly Tensor[], plan: FieldPlan): Tensor;
  /**
   * The mean of the values over positions in one operation, [n, m], where the backend has one: from patches
   * as rows, image by image, [n · P, d] and [m · P, d]. The caller owns the result.
   */
  readonly fused?: (ops: Backend) => ((x: Tensor, z: Tensor, plan: FieldPlan) => Tensor) | undefined;
  /** Tensors of the first layer's field size that `values` and `sensitivities` hold at once, at most. */
  readonly footprint: { readonly values: number; readonly sensitivities: number };
}
