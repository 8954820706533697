import { type Backend, Scope, type Tensor } from '@agop/core';
import { pixelsOf, positionsOf } from '../images/geometry.ts';
import type { ImageRange } from './blocks.ts';
import type { PreparedImages, TileBlock, TileKernel } from './tiles.ts';

/** Images of which blocks are made ready for a kernel and a transform of patches. Frees what it made. */
export class ImageBlocks {
  readonly count: number;
  readonly #backend: Backend;
  readonly #tileKernel: TileKernel;
  readonly #transform: Tensor | undefined;
  /** The images as the rows of a matrix. */
  readonly #flat: Tensor;

  /**
   * @param images [n, height, width, channels], the caller's
   * @param transform [d, d], multiplies patches from the right; undefined for the identity
   */
  constructor(tileKernel: TileKernel, images: Tensor, transform: Tensor | undefined) {
    this.count = images.shape[0] as number;
    this.#backend = tileKernel.backend;
    this.#tileKernel = tileKernel;
    this.#transform = transform;
    this.#flat = this.#backend.reshape(images, [this.count, pixelsOf(tileKernel.geometry)]);
  }

  /** Patches multiplied by the transform, and what the kernel needs of them; the caller disposes of them. */
  prepare(range: ImageRange): PreparedImages {
    using scope = new Scope(this.#backend);
    const { ops } = scope;
    const { kernel, geometry } = this.#tileKernel;
    const count = range.end - range.begin;
    const positions = positionsOf(geometry);
    const rows = this.#patchRows(scope, range);
    const lengths = ops.transpose(ops.reshape(ops.norm(rows, 1), [count, positions]));
    const flat = ops.reshape(rows, [count, positions * geometry.patchLength], { consume: true });
    const patches = ops.transpose(flat);
    const scales = kernel.fields.scales(this.#backend, lengths, geometry);
    scope.keep(patches);
    return {
      count,
      patches,
      scales,
      [Symbol.dispose]: () => {
        for (const tensor of [patches, ...scales]) tensor.dispose();
      },
    };
  }

  /** Prepares some images for tiles; the caller disposes of them. */
  prepareTile(range: ImageRange): TileBlock {
    if (!this.#tileKernel.fused) return this.prepare(range);
    using scope = new Scope(this.#backend);
    const rows = scope.keep(this.#patchRows(scope, range));
    return { count: range.end - range.begin, rows, [Symbol.dispose]: () => rows.dispose() };
  }

  /** Transformed patches as rows, position by position: [positions · count, d]. The caller owns them. */
  patches(range: ImageRange): Tensor {
    using scope = new Scope(this.#backend);
    const rows = this.#patchRows(scope, range);
    const count = range.end - range.begin;
    const positions = positionsOf(this.#tileKernel.geometry);
    const order = Int32Array.from(
      { length: count * positions },
      (_, row) => (row % count) * positions + Math.floor(row / count),
    );
    return scope.keep(scope.ops.gather(rows, scope.ops.tensor(order, [order.length], 'int32')));
  }

  /** Transformed patches as rows, image by image: [count · positions, d]. The scope owns them. */
  #patchRows(scope: Scope, { begin, end }: ImageRange): Tensor {
    const { ops } = scope;
    const { height, width, channels, patchSize, border } = this.#tileKernel.geometry;
    const rows = ops.rows(this.#flat, begin, end);
    const images = ops.reshape(rows, [end - begin, height, width, channels], { consume: true });
    const patches = ops.patches(images, { size: patchSize, padding: border });
    if (!this.#transform) return patches;
    const transformed = ops.matmul(patches, this.#transform);
    patches.dispose();
    return transformed;
  }

  [Symbol.dispose](): void {
    this.#flat.dispose();
  }
}
