import { type Backend, type FloatDType, input, Scope, ShapeError, type Tensor } from '@agop/core';
import { type FieldGeometry, fieldGeometry, type ImageSize } from '../images/geometry.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import type { ImageRange } from './blocks.ts';
import { type ComputeOptions, checkBudget, streamSizes } from './budget.ts';
import { allDisplacements } from './displacements.ts';
import { ImageBlocks } from './image-blocks.ts';
import { streamTiles } from './tile-stream.ts';
import { canFuse, type TileKernel } from './tiles.ts';

/** Options of {@link imageKernelMatrix}. */
export interface ImageKernelMatrixOptions extends ComputeOptions {
  /** Multiplies patches from the right, [d, d] with d = patchSize² · channels, entries by (row, column, channel). Default the identity. */
  readonly transform?: Tensor;
}

/**
 * The kernel matrix k(x_i, z_j), [n, m], streamed in tiles: besides the result only some blocks of images and one tile are in memory. With z the
 * same tensor as x only half of it is computed.
 *
 * @param x images [n, height, width, channels]
 * @param z images [m, height, width, channels]
 * @throws {ShapeError} for images of another size or too small for the kernel, or a transform that does not fit
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
  using scope = new Scope(backend);
  const geometry = fieldGeometry(kernel, imageSize(x, 'x'));
  checkSameSize(x, z);
  checkTransform(geometry, options.transform);
  const symmetric = x === z;
  const dtype = floatOf(x);
  const counts = { left: x.shape[0] as number, right: z.shape[0] as number };
  checkBudget(backend, kernel, geometry, dtype, { ...counts, matrix: true }, options);
  const tileKernel = tileKernelFor(scope.ops, kernel, geometry);
  const sizes = streamSizes(backend, kernel, geometry, dtype, options);
  using left = new ImageBlocks(backend, tileKernel, x, options.transform);
  using right = symmetric ? undefined : new ImageBlocks(backend, tileKernel, z, options.transform);
  const tiles = new TileMatrix(scope, symmetric);
  await streamTiles(
    backend,
    tileKernel,
    left,
    right,
    sizes,
    (tile, rows, columns) => tiles.add(tile, rows, columns),
    options,
  );
  if (counts.left === 0 || counts.right === 0) return backend.full([counts.left, counts.right], 0, dtype);
  return scope.keep(tiles.assemble());
}

/** A kernel made ready for images of a size; `ops` owns its tensors (a scope's). */
export function tileKernelFor(ops: Backend, kernel: ImageKernel, geometry: FieldGeometry): TileKernel {
  const displacements = kernel.pooling === 'average' ? allDisplacements(ops, geometry) : undefined;
  return { kernel, geometry, displacements, fused: canFuse(ops, kernel, geometry) };
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
    const mirrored = this.#symmetric ? ops.transpose(tile) : undefined;
    if (mirrored && columns.begin === rows.begin) {
      // Symmetric but for the order in which sums were taken.
      this.#row(rows.begin).set(columns.begin, ops.map(mean, { a: tile, b: mirrored }, { out: mirrored }));
      return;
    }
    this.#row(rows.begin).set(columns.begin, ops.clone(tile));
    if (mirrored) this.#row(columns.begin).set(rows.begin, mirrored);
  }

  /** The whole matrix; the scope owns it. */
  assemble(): Tensor {
    const { ops } = this.#scope;
    const strips = ordered(this.#rows).map((tiles) => {
      const parts = ordered(tiles);
      const strip = ops.concat(parts, 1);
      this.#scope.free(...parts);
      return strip;
    });
    const matrix = ops.concat(strips, 0);
    this.#scope.free(...strips);
    return matrix;
  }

  #row(begin: number): Map<number, Tensor> {
    const known = this.#rows.get(begin);
    if (known) return known;
    const made = new Map<number, Tensor>();
    this.#rows.set(begin, made);
    return made;
  }
}

function ordered<T>(map: ReadonlyMap<number, T>): T[] {
  return [...map].sort(([a], [b]) => a - b).map(([, value]) => value);
}

/** @throws {ShapeError} for anything but images */
export function imageSize(images: Tensor, what: string): ImageSize {
  const [, height, width, channels] = images.shape;
  if (images.shape.length !== 4 || !height || !width || !channels) {
    throw new ShapeError(
      `${what} must be images [n, height, width, channels], but has shape [${images.shape.join(', ')}].`,
    );
  }
  return { height, width, channels };
}

/** @throws {ShapeError} */
export function checkSameSize(x: Tensor, z: Tensor): void {
  imageSize(z, 'z');
  if (x.shape.slice(1).join() !== z.shape.slice(1).join()) {
    throw new ShapeError(
      `Images of ${z.shape.slice(1).join(' x ')} meet images of ${x.shape.slice(1).join(' x ')}: all must have one size.`,
    );
  }
}

/** @throws {ShapeError} */
export function checkTransform(geometry: FieldGeometry, transform: Tensor | undefined): void {
  const { patchLength: d, patchSize, channels } = geometry;
  if (transform && (transform.shape[0] !== d || transform.shape[1] !== d || transform.shape.length !== 2)) {
    throw new ShapeError(
      `The transform of patches must be [${d}, ${d}] (${patchSize} x ${patchSize} x ${channels}), but is [${transform.shape.join(', ')}].`,
    );
  }
}

export function floatOf(tensor: Tensor): FloatDType {
  return tensor.dtype === 'float64' ? 'float64' : 'float32';
}
