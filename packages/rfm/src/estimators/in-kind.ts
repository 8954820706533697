import { isTfTensor, type TfTensorLike, toTfTensor } from '@agop/core';

/** Numbers in the kind that the input has: a `tf.Tensor` for a `tf.Tensor`, else the typed array itself. */
export function inKind(
  x: unknown,
  data: Float64Array,
  shape: readonly number[],
): Float64Array | Promise<TfTensorLike> {
  return isTfTensor(x) ? toTfTensor(data, shape) : data;
}
