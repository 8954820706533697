import type { Backend } from './backend.ts';

/** Element types with arithmetic. */
export type FloatDType = 'float32' | 'float64';

/** All element types; `int32` is for indices only. */
export type DType = FloatDType | 'int32';

/** Sizes per axis; `[]` is a scalar. */
export type Shape = readonly number[];

/** The host array that holds elements of a dtype. */
export type TypedArray = Float32Array | Float64Array | Int32Array;

/** Maps a dtype to its host array. */
export interface TypedArrayOf {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
}

/**
 * An opaque handle to a dense row-major array that lives in a backend.
 *
 * A tensor owns its memory: nothing else refers to it, and it ends with `dispose()` (or at the end of a
 * `using` block, or of the {@link Scope} that tracks it). Operations return at once, possibly before the
 * elements are computed; {@link Tensor.read} waits.
 */
export interface Tensor {
  readonly shape: Shape;
  readonly dtype: DType;
  /** The backend it lives in. */
  readonly backend: Backend;
  /** Number of elements. */
  readonly size: number;
  readonly disposed: boolean;
  /**
   * Copies the elements to the host, row-major: a Float32Array, Float64Array or Int32Array as `dtype` says.
   * @throws {DisposedError} after `dispose()`.
   */
  read(): Promise<TypedArray>;
  /** Frees the memory. Calling it again does nothing. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Bytes per element of a dtype. */
export function bytesPerElement(dtype: DType): 4 | 8 {
  return dtype === 'float64' ? 8 : 4;
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** A new zero-filled host array for a dtype. */
export function hostArray<D extends DType>(dtype: D, length: number): TypedArrayOf[D];
export function hostArray(dtype: DType, length: number): TypedArray {
  if (dtype === 'float64') return new Float64Array(length);
  return dtype === 'float32' ? new Float32Array(length) : new Int32Array(length);
}
