import {
  type Backend,
  type DType,
  type FloatDType,
  FormatError,
  OptionError,
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
 * @throws {FormatError} if it is missing, is of another form or empty, holds integers, or numbers that are
 *   not finite
 */
export function requireTensor(
  tensors: Readonly<Record<string, HostTensor>>,
  name: string,
  form: number | Shape,
): HostTensor {
  const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  const rank = typeof form === 'number' ? form : form.length;
  if (tensor?.shape.length !== rank || tensor.dtype === 'int32') {
    throw new FormatError(`The saved model is damaged: it lacks the tensor '${name}'.`);
  }
  if (typeof form !== 'number' && form.some((length, axis) => length !== tensor.shape[axis])) {
    throw new FormatError(`The saved model is damaged: '${name}' is not [${form.join(', ')}].`);
  }
  if (tensor.data.length === 0) throw new FormatError(`The saved model is damaged: '${name}' is empty.`);
  const wrong = tensor.data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new FormatError(
      `The saved model is damaged: '${name}' holds ${tensor.data[wrong]}, which is not finite.`,
    );
  }
  return tensor;
}

/**
 * Brings tensors of a model file to a backend.
 *
 * @param build makes a model of tensors that it takes by name and form, see {@link requireTensor}, and whose
 *   owner it becomes. Where it throws, none of them stays.
 * @param saved the dtype that the model was fitted in: a file in float32 holds no number beyond its range
 * @throws {FormatError} for tensors that are missing, of another form, or not finite; for a file in float32
 *   with a number beyond its range
 * @throws {OptionError} for float32 where a number is beyond its range
 */
export function restoreTensors<T>(
  backend: Backend,
  dtype: FloatDType,
  tensors: Readonly<Record<string, HostTensor>>,
  build: (take: (name: string, form: number | Shape) => Tensor) => T,
  saved?: DType,
): T {
  using scope = new Scope(backend);
  const taken: Tensor[] = [];
  const model = build((name, form) => {
    const tensor = scope.own(uploadTensor(backend, dtype, requireTensor(tensors, name, form), name, saved));
    taken.push(tensor);
    return tensor;
  });
  for (const tensor of taken) scope.keep(tensor);
  return model;
}

/**
 * Brings one tensor of a model file to a backend.
 *
 * @throws {FormatError} for a file in float32 with a number beyond its range
 * @throws {OptionError} for float32 where a number is beyond its range
 */
function uploadTensor(
  backend: Backend,
  dtype: FloatDType,
  { data, shape }: HostTensor,
  name: string,
  saved: DType | undefined,
): Tensor {
  if (dtype === 'float32' && data.some((value) => !Number.isFinite(Math.fround(value)))) {
    const what = `'${name}' of the saved model holds numbers beyond the range of float32`;
    if (saved === 'float32') throw new FormatError(`${what}, in which the model was fitted: it is damaged.`);
    throw new OptionError('dtype', `${what}. Load it in float64.`);
  }
  return backend.tensor(data, shape, dtype);
}

/** Names of our dtypes in the safetensors format. */
export const formatNames: Readonly<Record<DType, string>> = { float64: 'F64', float32: 'F32', int32: 'I32' };

/** The key of the header under which a file keeps texts. */
export const metadataKey = '__metadata__';

/** The header is preceded by its length, an unsigned 64-bit integer. */
export const lengthBytes = 8;
