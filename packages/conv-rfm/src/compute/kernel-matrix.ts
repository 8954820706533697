import { type Backend, floatDType, input, Scope, type Tensor } from '@agop/core';
import { checkSameSize, checkTransform, fieldGeometry, imageSize } from '../images/geometry.ts';
import { checkImageKernel } from '../kernels/check-image-kernel.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import type { ImageRange } from './blocks.ts';
import { type ComputeOptions, checkBudget, checkComputeOptions } from './budget.ts';
import { ImageBlocks } from './image-blocks.ts';
import { streamTiles } from './tile-stream.ts';
import { tileKernelFor } from './tiles.ts';

/** Options of {@link imageKernelMatrix}. */
export interface ImageKernelMatrixOptions extends ComputeOptions {
  /** Multiplies patches from the right, [d, d], entries by (row, column, channel). Default the identity. */
  readonly transform?: Tensor | undefined;
}

/**
 * The kernel matrix k(x_i, z_j), [n, m], streamed in tiles: besides the result only some blocks of images and
 * one tile are in memory. With z the same tensor as x only half of it is computed.
 *
 * @param x images [n, height, width, channels]
 * @param z images [m, height, width, channels]
 * @throws {OptionError} for a kernel that is none
 * @throws {ShapeError} for images of another size or too small for the kernel, or a transform that does not
 *   fit
 * @throws {OutOfMemoryError} before any work, if it cannot fit the memory budget
 * @throws {AbortedError}
 */
export async function imageKernelMatrix(
  backend: Backend,
  kernel: ImageKernel,
  x: Tensor,
  z: Tensor,
  options: ImageKernelMatrixOptions = {},
): Promise<Tensor> {
  checkComputeOptions('imageKernelMatrix()', options);
  checkImageKernel(kernel);
  const geometry = fieldGeometry(kernel, imageSize(x, 'x'));
  checkSameSize(x, z);
  checkTransform(geometry, options.transform);
  const symmetric = x === z;
  const dtype = floatDType(x);
  const [left, right] = [x.shape[0] as number, z.shape[0] as number];
  const task = { backend, kernel, geometry, dtype };
  checkBudget(task, { left, right, matrix: true }, options);
  if (left === 0 || right === 0) return backend.full([left, right], 0, dtype);
  using scope = new Scope(backend);
  const tileKernel = tileKernelFor(scope.ops, task);
  using rows = new ImageBlocks(tileKernel, x, options.transform);
  using columns = symmetric ? undefined : new ImageBlocks(tileKernel, z, options.transform);
  const tiles = new TileMatrix(scope, symmetric);
  await streamTiles(tileKernel, rows, columns, (...tile) => tiles.add(...tile), options);
  return scope.keep(tiles.assemble());
}

const mean = input('a').add(input('b')).mul(0.5);

/** Tiles by their place, put together to a matrix. The scope owns them. */
class TileMatrix {
  readonly #scope: Scope;
  readonly #symmetric: boolean;
  /** Rows by their first image, in order; tiles in the order of their columns. */
  readonly #rows = new Map<number, Map<number, Tensor>>();

  constructor(scope: Scope, symmetric: boolean) {
    this.#scope = scope;
    this.#symmetric = symmetric;
  }

  add(tile: Tensor, rows: ImageRange, columns: ImageRange): void {
    const { ops } = this.#scope;
    const [row, column] = [rows.begin, columns.begin];
    const mirrored = this.#symmetric ? ops.transpose(tile) : undefined;
    if (mirrored && row === column) {
      // Symmetric but for the order in which sums were taken.
      this.#put(row, row, ops.map(mean, { a: tile, b: mirrored }, { out: mirrored }));
      return;
    }
    this.#put(row, column, ops.clone(tile));
    if (mirrored) this.#put(column, row, mirrored);
  }

  /** The whole matrix; the scope owns it. */
  assemble(): Tensor {
    const { ops } = this.#scope;
    const strips = ordered(this.#rows).map((tiles) => {
      const parts = ordered(tiles);
      const strip = ops.concat(parts, 1);
      for (const tensor of parts) tensor.dispose();
      return strip;
    });
    const matrix = ops.concat(strips, 0);
    for (const tensor of strips) tensor.dispose();
    return matrix;
  }

  #put(row: number, column: number, tile: Tensor): void {
    const tiles = this.#rows.get(row) ?? new Map<number, Tensor>();
    this.#rows.set(row, tiles.set(column, tile));
  }
}

function ordered<T>(map: ReadonlyMap<number, T>): T[] {
  return [...map].sort(([a], [b]) => a - b).map(([, value]) => value);
}
