import { Scope, type Tensor } from '@agop/core';
import { type ImageRange, imageRanges } from '../compute/blocks.ts';
import { type ComputeOptions, fieldBlock } from '../compute/budget.ts';
import { ImageBlocks } from '../compute/image-blocks.ts';
import { Pace } from '../compute/tile-stream.ts';
import type { TileKernel } from '../compute/tiles.ts';
import { positionsOf } from '../images/geometry.ts';
import { PatchGradientSums } from './patch-gradient-sums.ts';

/** A predictor f_o(x) = Σ_j α_jo k(x, z_j) on images. */
export interface ImagePredictor {
  /** Multiplies patches, [d, d]; undefined for the identity. */
  readonly transform: Tensor | undefined;
  /** Centers z_j, [n, height, width, channels]. */
  readonly centers: Tensor;
  /** α [n, outputs] */
  readonly coefficients: Tensor;
}

/** Images whose gradients are computed at once: whole micro-tiles, and little memory. */
const gradientBlock = 12;
/** Centers at once, at least: rows of the fields, which elementwise work likes long. */
const gradientColumns = 48;

/**
 * The average gradient outer product over patches, (1/s) Σ_i Σ_o Σ_p g gᵀ with g the gradient of output o by
 * the patch of image i at position p, before the transform: [d, d], entries by (row, column, channel).
 * Divided by the number of images, not of patches.
 *
 * Source: Beaglehole, Radhakrishnan, Pandit, Belkin 2023 (arXiv 2309.00570), algorithm 1.
 *
 * @param images [s, height, width, channels]
 */
export async function patchAgop(
  predictor: ImagePredictor,
  tileKernel: TileKernel,
  images: Tensor,
  options: ComputeOptions,
): Promise<Tensor> {
  const { transform } = predictor;
  using scope = new Scope(tileKernel.backend);
  const { ops } = scope;
  const d = tileKernel.geometry.patchLength;
  const count = images.shape[0] as number;
  const second = ops.full([d, d], 0, tileKernel.dtype);
  await eachGradientBlock(predictor, tileKernel, images, options, (gradients) => {
    for (const g of gradients) ops.gram(g, { transpose: true, alpha: 1 / count, beta: 1, out: second });
  });
  if (!transform) return scope.keep(second);
  // g = (gradient after the transform) Bᵀ.
  const left = ops.matmul(transform, second);
  return scope.keep(ops.matmul(left, transform, { transposeB: true }));
}

/**
 * The gradients themselves, one tensor [n · positions, d] per output, image by image; the caller owns them.
 * For few images: they are large.
 *
 * @param images [n, height, width, channels]
 */
export async function patchGradients(
  predictor: ImagePredictor,
  tileKernel: TileKernel,
  images: Tensor,
  options: ComputeOptions,
): Promise<Tensor[]> {
  const { transform } = predictor;
  const { backend, geometry } = tileKernel;
  using scope = new Scope(backend);
  const { ops } = scope;
  const outputs = predictor.coefficients.shape[1] as number;
  const positions = positionsOf(geometry);
  const parts: Tensor[][] = Array.from({ length: outputs }, () => []);
  await eachGradientBlock(predictor, tileKernel, images, options, (gradients, { begin, end }) => {
    const toImages = Int32Array.from({ length: (end - begin) * positions }, (_, row) => {
      const [image, position] = [Math.floor(row / positions), row % positions];
      return position * (end - begin) + image;
    });
    using indices = backend.tensor(toImages, [toImages.length], 'int32');
    for (const [output, g] of gradients.entries()) {
      using rows = backend.gather(g, indices);
      const before = transform ? ops.matmul(rows, transform, { transposeB: true }) : ops.clone(rows);
      parts[output]?.push(before);
    }
  });
  const whole = parts.map((list) => ops.concat(list, 0));
  for (const tensor of whole) scope.keep(tensor);
  return whole;
}

/** Gives to `use`, block by block, the gradients per output [positions · b, d], after the transform. */
async function eachGradientBlock(
  { transform, centers, coefficients }: ImagePredictor,
  tileKernel: TileKernel,
  images: Tensor,
  options: ComputeOptions,
  use: (gradients: readonly Tensor[], range: ImageRange) => void,
): Promise<void> {
  const { backend } = tileKernel;
  const block = Math.max(gradientColumns, fieldBlock(tileKernel, options));
  const columns = imageRanges(centers.shape[0] as number, block);
  const ranges = imageRanges(images.shape[0] as number, gradientBlock);
  using sources = new ImageBlocks(tileKernel, images, transform);
  using targets = new ImageBlocks(tileKernel, centers, transform);
  const outputs = coefficients.shape[1] as number;
  const pace = new Pace(options);
  for (const [index, range] of ranges.entries()) {
    using x = sources.prepare(range);
    using gradients = new PatchGradientSums(tileKernel, x, outputs);
    for (const [step, column] of columns.entries()) {
      using z = targets.prepare(column);
      using alpha = backend.rows(coefficients, column.begin, column.end);
      gradients.add(z, alpha);
      await pace.turn((index + (step + 1) / columns.length) / ranges.length, alpha);
    }
    using patches = sources.patches(range);
    use(gradients.finish(patches), range);
  }
}
