import type { TfTensorLike } from './matrix-input.ts';
import { isTfTensor } from './recognize.ts';
import { toTfTensor } from './tf-tensor.ts';

/** Numbers in the kind that the input has: a `tf.Tensor` for a `tf.Tensor`, else the typed array itself. */
export function outputLike(
  input: unknown,
  data: Float64Array,
  shape: readonly number[],
): Float64Array | Promise<TfTensorLike> {
  return isTfTensor(input) ? toTfTensor(data, shape) : data;
}
