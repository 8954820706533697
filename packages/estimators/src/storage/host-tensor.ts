import { type DType, FormatError, type Shape, type Tensor, type TypedArray } from '@agop/core';

/** A tensor on the host, as files hold it: row-major, `data` being the typed array of `dtype`. */
export interface HostTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedArray;
}

/** Copies a tensor to the host. @throws {DisposedError} */
export async function downloadTensor(tensor: Tensor): Promise<HostTensor> {
  return { dtype: tensor.dtype, shape: tensor.shape, data: await tensor.read() };
}

/** Copies tensors to the host, one after the other. @throws {DisposedError} */
export async function downloadTensors(
  tensors: Readonly<Record<string, Tensor>>,
): Promise<Record<string, HostTensor>> {
  const copies: Record<string, HostTensor> = {};
  for (const [name, tensor] of Object.entries(tensors)) copies[name] = await downloadTensor(tensor);
  return copies;
}

/**
 * The tensor of a model file that must be there.
 *
 * @throws {FormatError} if it is missing, has not `rank` axes, or holds integers
 */
export function requireTensor(
  tensors: Readonly<Record<string, HostTensor>>,
  name: string,
  rank: number,
): HostTensor {
  const tensor = tensors[name];
  if (tensor?.shape.length !== rank || tensor.dtype === 'int32') {
    throw new FormatError(`The saved model is damaged: it lacks the tensor '${name}'.`);
  }
  return tensor;
}

/** Names of our dtypes in the safetensors format; the others of that format are not read. */
export const formatNames: Readonly<Record<DType, string>> = { float64: 'F64', float32: 'F32', int32: 'I32' };

/** The key of the header under which a file keeps texts. */
export const metadataKey = '__metadata__';

/** The header is preceded by its length, an unsigned 64-bit integer. */
export const lengthBytes = 8;
