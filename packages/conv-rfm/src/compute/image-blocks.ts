import { type Backend, Scope, type Tensor } from '@agop/core';
import { type Grid, positionsOf } from '../images/geometry.ts';
import type { ImageRange } from './blocks.ts';
import { type PreparedImages, patchRows, prepareImages } from './prepared-images.ts';
import type { TileBlock, TileKernel } from './tiles.ts';

/** Images as the rows of a matrix, for a kernel and a transform of patches. Frees what it made. */
export class ImageBlocks {
  readonly count: number;
  readonly #backend: Backend;
  readonly #tileKernel: TileKernel;
  readonly #transform: Tensor | undefined;
  readonly #flat: Tensor;

  /** @param images [n, height, width, channels], the caller's */
  constructor(backend: Backend, tileKernel: TileKernel, images: Tensor, transform: Tensor | undefined) {
    this.count = images.shape[0] as number;
    this.#backend = backend;
    this.#tileKernel = tileKernel;
    this.#transform = transform;
    const { height, width, channels } = tileKernel.geometry;
    this.#flat = backend.reshape(images, [this.count, height * width * channels]);
  }

  /** Prepares some images; the caller disposes of them. */
  prepare(range: ImageRange): PreparedImages {
    using scope = new Scope(this.#backend);
    const { kernel, geometry } = this.#tileKernel;
    return prepareImages(this.#backend, kernel, geometry, this.#images(scope, range), this.#transform);
  }

  /** Prepares some images for tiles; the caller disposes of them. */
  prepareTile(range: ImageRange): TileBlock {
    if (!this.#tileKernel.fused) return this.prepare(range);
    using scope = new Scope(this.#backend);
    const { geometry } = this.#tileKernel;
    const rows = patchRows(this.#backend, geometry, this.#images(scope, range), this.#transform);
    return { count: range.end - range.begin, rows, dispose: () => rows.dispose() };
  }

  /** Transformed patches of some images as rows, position by position: [positions · count, d]. The caller owns them. */
  patches(range: ImageRange): Tensor {
    using scope = new Scope(this.#backend);
    const { ops } = scope;
    const { geometry } = this.#tileKernel;
    const rows = scope.own(patchRows(this.#backend, geometry, this.#images(scope, range), this.#transform));
    const count = range.end - range.begin;
    const positions = positionsOf(geometry.grids[0] as Grid);
    const order = Int32Array.from(
      { length: rows.shape[0] as number },
      (_, row) => (row % count) * positions + Math.floor(row / count),
    );
    return scope.keep(ops.gather(rows, ops.tensor(order, [order.length], 'int32')));
  }

  /** Images [count, height, width, channels] of a range; the scope owns them. */
  #images(scope: Scope, { begin, end }: ImageRange): Tensor {
    const { height, width, channels } = this.#tileKernel.geometry;
    const rows = scope.ops.rows(this.#flat, begin, end);
    return scope.ops.reshape(rows, [end - begin, height, width, channels], { consume: true });
  }

  dispose(): void {
    this.#flat.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
