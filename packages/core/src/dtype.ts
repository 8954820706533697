import { OptionError } from './errors/index.ts';
/** Element types with arithmetic. */
export type FloatDType = 'float32' | 'float64';

/** All element types; `int32` is for indices only. */
export type DType = FloatDType | 'int32';

/** Sizes per axis; `[]` is a scalar. */
export type Shape = readonly number[];

/** The host array that holds elements of a dtype. */
export type TypedArray = Float32Array | Float64Array | Int32Array;

/** Maps a dtype to its host array. */
export type TypedArrayOf = { float32: Float32Array; float64: Float64Array; int32: Int32Array };

/** Bytes per element of a dtype. */
export function bytesPerElement(dtype: DType): 4 | 8 {
  return dtype === 'float64' ? 8 : 4;
}

/** Distance from 1 to the next number of a dtype: 2⁻²³ for float32, 2⁻⁵² for float64. */
export function machineEpsilon(dtype: FloatDType): number {
  return dtype === 'float64' ? Number.EPSILON : 2 ** -23;
}

/** The dtype to compute in with a tensor's elements: its own, or float32 for indices. */
export function floatDType(tensor: { readonly dtype: DType }): FloatDType {
  return tensor.dtype === 'float64' ? 'float64' : 'float32';
}

/**
 * The number that 16 bits of IEEE 754 (binary16) say; the lowest 16 bits of `bits` count. float32 holds all
 * of them.
 */
export function fromFloat16(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let product = 1;
  // Not by `reduce`, which looks for the elements of a list that has none, however long it says it is.
  for (let axis = 0; axis < shape.length && !Number.isNaN(product); axis++) product *= shape[axis] as number;
  return product;
}

/**
 * A new zero-filled host array for a dtype.
 *
 * @throws {OptionError} for a length that is no whole number from 0, below 2^32
 */
export function hostArray<D extends DType>(dtype: D, length: number): TypedArrayOf[D];
export function hostArray(dtype: DType, length: number): TypedArray {
  if (!(Number.isInteger(length) && length >= 0 && length < 2 ** 32)) {
    throw new OptionError('length', {
      requirement: 'be a whole number from 0, below 4294967296',
      received: length,
    });
  }
  if (dtype === 'float64') return new Float64Array(length);
  return dtype === 'float32' ? new Float32Array(length) : new Int32Array(length);
}
