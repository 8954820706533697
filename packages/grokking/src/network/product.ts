import * as tf from '@tensorflow/tfjs-core';

/**
 * op(A) op(B) with the transposes made first: tfjs's WebAssembly backend multiplies plain operands by
 * XNNPACK, transposed ones by a loop that is ten times slower.
 */
export function product(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  transpose: { readonly a?: boolean; readonly b?: boolean } = {},
): tf.Tensor2D {
  return tf.tidy((): tf.Tensor2D => {
    const left = transpose.a ? tf.transpose(a) : a;
    const right = transpose.b ? tf.transpose(b) : b;
    return tf.matMul(left, right);
  });
}

/** Elementwise product, typed as a matrix. */
export function hadamard(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(a, b);
}
