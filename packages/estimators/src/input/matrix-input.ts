import type { Shape, Tensor } from '@agop/core';
import type { Rows } from '../rows.ts';

/** A typed array of numbers (also Float16Array; not the big integer ones). */
export type NumericArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray;

/** Elements in row-major order, and their shape: `{ data: new Float32Array(6), shape: [2, 3] }`. */
export interface ShapedArray {
  readonly data: ArrayLike<number>;
  readonly shape: Shape;
}

/** What is asked of a `tf.Tensor` (TensorFlow.js). */
export interface TfTensorLike {
  readonly shape: Shape;
  readonly dtype: string;
  data(): Promise<ArrayLike<number>>;
  dispose(): void;
}

/**
 * The kind of tensor that a `tf.Tensor` belongs to, of any rank: `tf.Tensor` of a `tf.Tensor2D`, as results
 * may have another rank than what they come from. Its `clone` says of what it may be called.
 */
export type SameTensor<X extends TfTensorLike> = X extends { clone(this: infer Any): unknown }
  ? Any extends TfTensorLike
    ? Any
    : X
  : X;

/**
 * What comes out for an input: a `tf.Tensor` for a `tf.Tensor`, otherwise `Arrays`, and either of them where
 * the input may be either.
 */
export type OutputLike<X, Arrays = Float64Array> = 0 extends X & 1
  ? Arrays
  : X extends TfTensorLike
    ? SameTensor<X>
    : Arrays;

/** What is asked of a column of an Apache Arrow table. */
export interface ArrowLikeVector {
  readonly length: number;
  readonly nullCount: number;
  get(index: number): unknown;
  toArray(): ArrayLike<unknown>;
}

/** What is asked of an Apache Arrow table. All its columns must be numbers. */
export interface ArrowLikeTable {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChildAt(index: number): ArrowLikeVector | null;
}

/**
 * A matrix from the outside, rows being samples: shaped arrays, nested arrays, `tf.Tensor`s, agop tensors,
 * Arrow tables. Flat arrays, vectors of length n and Arrow columns are one column [n, 1].
 */
export type MatrixInput =
  | ShapedArray
  | readonly (readonly number[] | NumericArray)[]
  | readonly number[]
  | NumericArray
  | TfTensorLike
  | Tensor
  | ArrowLikeTable
  | ArrowLikeVector;

/** Elements in row-major order. */
export type FloatArray = Float64Array | Float32Array;

/** A checked matrix on the host: at least one row and column, every element finite. */
export interface HostMatrix extends Rows {
  /** May be the caller's own memory: read, never write. */
  readonly data: FloatArray;
}
