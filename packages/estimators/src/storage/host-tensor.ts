import {
  type Backend,
  type DType,
  type FloatDType,
  FormatError,
  Scope,
  type Shape,
  type Tensor,
  type TypedArray,
} from '@agop/core';

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
 * @param form its shape, or the number of its axes
 * @throws {FormatError} if it is missing, is of another form, or holds integers
 */
export function requireTensor(
  tensors: Readonly<Record<string, HostTensor>>,
  name: string,
  form: number | Shape,
): HostTensor {
  const tensor = tensors[name];
  const rank = typeof form === 'number' ? form : form.length;
  if (tensor?.shape.length !== rank || tensor.dtype === 'int32') {
    throw new FormatError(`The saved model is damaged: it lacks the tensor '${name}'.`);
  }
  if (typeof form !== 'number' && form.some((length, axis) => length !== tensor.shape[axis])) {
    throw new FormatError(`The saved model is damaged: '${name}' is not [${form.join(', ')}].`);
  }
  return tensor;
}

/**
 * Brings tensors of a model file to a backend.
 *
 * @param build makes a model of tensors that it takes by name and form, see {@link requireTensor}, and whose
 *   owner it becomes. Where it throws, none of them stays.
 * @throws {FormatError} for tensors that are missing or of another form
 */
export function restoreTensors<T>(
  backend: Backend,
  dtype: FloatDType,
  tensors: Readonly<Record<string, HostTensor>>,
  build: (take: (name: string, form: number | Shape) => Tensor) => T,
): T {
  using scope = new Scope(backend);
  const taken: Tensor[] = [];
  const model = build((name, form) => {
    const { data, shape } = requireTensor(tensors, name, form);
    const tensor = scope.own(backend.tensor(data, shape, dtype));
    taken.push(tensor);
    return tensor;
  });
  for (const tensor of taken) scope.keep(tensor);
  return model;
}

/** Names of our dtypes in the safetensors format; the others of that format are not read. */
export const formatNames: Readonly<Record<DType, string>> = { float64: 'F64', float32: 'F32', int32: 'I32' };

/** The key of the header under which a file keeps texts. */
export const metadataKey = '__metadata__';

/** The header is preceded by its length, an unsigned 64-bit integer. */
export const lengthBytes = 8;
