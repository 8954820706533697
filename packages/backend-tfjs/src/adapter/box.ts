import type { DType } from '@agop/core';
import type * as tfjs from '@tensorflow/tfjs-core';

/** A part of a matrix, and where its first element goes. */
export interface Piece {
  readonly tensor: tfjs.Tensor2D;
  readonly row: number;
  readonly column: number;
}

/** A matrix [rows, columns] that is being put together. */
export interface Patchwork {
  readonly rows: number;
  readonly columns: number;
  readonly pieces: Piece[];
}

/**
 * The memory of one agop tensor. A `tf.Tensor` cannot be changed, so a box holds the one that is current, and
 * a kernel replaces it. Boxes share elements freely: a copy costs nothing.
 */
export class Box {
  readonly size: number;
  readonly dtype: DType;
  #content: tfjs.Tensor | undefined;
  #patchwork: Patchwork | undefined;
  #freed = false;

  constructor(size: number, dtype: DType) {
    this.size = size;
    this.dtype = dtype;
  }

  /** The elements in whatever shape; undefined where nothing, or only pieces, have been written. */
  get content(): tfjs.Tensor | undefined {
    return this.#content;
  }

  /** Pieces that wait to be put together, over `content`. */
  get patchwork(): Patchwork | undefined {
    return this.#patchwork;
  }

  /** Takes ownership of `tensor`, which must be kept, and frees what was there. */
  replace(tensor: tfjs.Tensor): void {
    this.clear();
    // A decomposition may end after its backend has.
    if (this.#freed) tensor.dispose();
    else this.#content = tensor;
  }

  /** Frees the elements, and whatever comes later. */
  free(): void {
    this.clear();
    this.#freed = true;
  }

  /** Takes ownership of a kept piece of the matrix [rows, columns]. */
  add(rows: number, columns: number, piece: Piece): void {
    this.#patchwork ??= { rows, columns, pieces: [] };
    this.#patchwork.pieces.push(piece);
  }

  clear(): void {
    this.#content?.dispose();
    for (const { tensor } of this.#patchwork?.pieces ?? []) tensor.dispose();
    this.#content = undefined;
    this.#patchwork = undefined;
  }
}
