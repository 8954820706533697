import { type Backend, floatDType, Scope, type Tensor } from '@agop/core';
import { patchAgop, patchGradients } from '../agop/patch-agop.ts';
import type { ImageRange } from '../compute/blocks.ts';
import { type ComputeOptions, checkBudget, checkComputeOptions } from '../compute/budget.ts';
import { ImageBlocks } from '../compute/image-blocks.ts';
import { streamTiles } from '../compute/tile-stream.ts';
import { type TileKernel, tileKernelFor } from '../compute/tiles.ts';
import {
  checkSameSize,
  checkTransform,
  type FieldGeometry,
  fieldGeometry,
  imageSize,
} from '../images/geometry.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';

/** What a kernel machine on images consists of. It owns none of the tensors except the coefficients. */
export interface ConvMachineParts {
  readonly backend: Backend;
  readonly kernel: ImageKernel;
  /** B [d, d], multiplies patches from the right: their metric is B Bᵀ; undefined for the identity. */
  readonly transform?: Tensor | undefined;
  /** Centers z_j, images [n, height, width, channels]. */
  readonly centers: Tensor;
  /** Coefficients α, [n, outputs]. */
  readonly coefficients: Tensor;
}

/**
 * The predictor f_o(x) = Σ_j α_jo k(x, z_j) on images. It owns its coefficients; the centers and the
 * transform stay the caller's and must outlive it.
 */
export class ConvMachine {
  readonly backend: Backend;
  readonly kernel: ImageKernel;
  readonly transform: Tensor | undefined;
  readonly centers: Tensor;
  readonly coefficients: Tensor;
  /** Where the patches are, and how long. */
  readonly geometry: FieldGeometry;
  readonly #scope: Scope;
  readonly #tileKernel: TileKernel;

  /** @throws {ShapeError} for centers that are no images or too small, and a transform that does not fit */
  constructor({ backend, kernel, transform, centers, coefficients }: ConvMachineParts) {
    this.backend = backend;
    this.kernel = kernel;
    this.transform = transform;
    this.centers = centers;
    this.coefficients = coefficients;
    this.geometry = fieldGeometry(kernel, imageSize(centers, 'The centers'));
    this.#scope = new Scope(backend);
    try {
      checkTransform(this.geometry, transform);
      const task = { backend, kernel, geometry: this.geometry, dtype: floatDType(centers) };
      checkBudget(task, { left: 1, right: 1, matrix: false }, {});
      this.#tileKernel = tileKernelFor(this.#scope.ops, task);
    } catch (error) {
      this.#scope.dispose();
      throw error;
    }
  }

  /**
   * Predictions, streamed: no kernel matrix is held.
   *
   * @param images [n, height, width, channels], dtype of the centers
   * @returns [n, outputs]
   * @throws {ShapeError} for images of another size than the centers
   * @throws {DTypeError} for images of another dtype than the centers
   * @throws {OutOfMemoryError} before any work, if it cannot fit the memory budget
   * @throws {AbortedError} through `signal`
   */
  async predict(images: Tensor, options: ComputeOptions = {}): Promise<Tensor> {
    checkComputeOptions('predict()', options);
    const { backend, coefficients } = this;
    checkSameSize(this.centers, images);
    using scope = new Scope(backend);
    const { ops } = scope;
    const { dtype } = this.#tileKernel;
    const [left, right] = [images.shape[0] as number, this.centers.shape[0] as number];
    checkBudget(this.#tileKernel, { left, right, matrix: false }, options);
    using x = new ImageBlocks(this.#tileKernel, images, this.transform);
    using z = new ImageBlocks(this.#tileKernel, this.centers, this.transform);
    const outputs = coefficients.shape[1] as number;
    const sums = new Map<number, Tensor>();
    const addTile = (tile: Tensor, rows: ImageRange, columns: ImageRange): void => {
      const out = sums.get(rows.begin) ?? ops.full([rows.end - rows.begin, outputs], 0, dtype);
      sums.set(rows.begin, out);
      using alpha = backend.rows(coefficients, columns.begin, columns.end);
      ops.matmul(tile, alpha, { beta: 1, out });
    };
    await streamTiles(this.#tileKernel, x, z, addTile, options);
    if (sums.size === 0) return scope.keep(ops.full([left, outputs], 0, dtype));
    const parts = [...sums].sort(([a], [b]) => a - b).map(([, part]) => part);
    return scope.keep(ops.concat(parts, 0));
  }

  /**
   * Gradients of each output by each patch, as if overlapping patches were variables of their own: per output
   * [n · positions, d], image by image. Entries of a patch are ordered by (row, column, channel). The caller
   * owns the tensors.
   *
   * @param images [n, height, width, channels]; few, as the result is large
   * @throws {ShapeError} for images of another size than the centers
   * @throws {AbortedError} through `signal`
   */
  async gradients(images: Tensor, options: ComputeOptions = {}): Promise<Tensor[]> {
    checkComputeOptions('gradients()', options);
    checkSameSize(this.centers, images);
    return patchGradients(this, this.#tileKernel, images, options);
  }

  /**
   * The average gradient outer product over patches: the sum over outputs, images and positions of g gᵀ,
   * divided by the number of images. Exactly symmetric.
   *
   * @param images [s, height, width, channels]
   * @returns [d, d], entries of patches by (row, column, channel)
   * @throws {ShapeError} for images of another size than the centers
   * @throws {AbortedError} through `signal`
   */
  async agop(images: Tensor, options: ComputeOptions = {}): Promise<Tensor> {
    checkComputeOptions('agop()', options);
    checkSameSize(this.centers, images);
    return patchAgop(this, this.#tileKernel, images, options);
  }

  /** Frees the coefficients. */
  dispose(): void {
    this.#scope.dispose();
    this.coefficients.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
