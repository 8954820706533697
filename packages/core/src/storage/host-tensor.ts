import type { DType, Shape, TypedArray } from '../tensor.ts';

/** A tensor on the host, as files hold it: row-major, `data` being the typed array of `dtype`. */
export interface HostTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedArray;
}

/** Names of our dtypes in the safetensors format; the others of that format are not read. */
export const formatNames: Readonly<Record<DType, string>> = { float64: 'F64', float32: 'F32', int32: 'I32' };

/** The key of the header under which a file keeps texts. */
export const metadataKey = '__metadata__';

/** The header is preceded by its length, an unsigned 64-bit integer. */
export const lengthBytes = 8;
