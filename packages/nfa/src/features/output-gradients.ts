import { ShapeError } from '@agop/core';
import * as tf from '@tensorflow/tfjs';

/** A function of rows, row by row: [n, d] to [n, outputs], differentiable by tfjs. */
export type RowFunction = (rows: tf.Tensor2D) => tf.Tensor2D;

/**
 * The gradients of each output with respect to each row, [outputs · n, d]; row (o · n + i) is ∂f_o / ∂row at
 * row i. All outputs share one pass forward and one back, over n rows per output. Itself differentiable in
 * what `f` depends on.
 *
 * @param rows [n, d]
 */
export function outputGradients(f: RowFunction, rows: tf.Tensor2D, outputs: number): tf.Tensor2D {
  return tf.tidy(() => {
    const n = rows.shape[0];
    const choices = tf.tile(tf.expandDims(tf.eye(outputs), 1), [1, n, 1]);
    const repeated: tf.Tensor2D = tf.tile(rows, [outputs, 1]);
    return pullBack(f, repeated, tf.reshape(choices, [outputs * n, outputs]));
  });
}

/** Jᵀ v for each row: the gradient of Σ_o v_o f_o, [n, d]. */
export function pullBack(f: RowFunction, rows: tf.Tensor2D, v: tf.Tensor2D): tf.Tensor2D {
  // tf.grad is typed for functions of any tensor.
  const gradient = tf.grad((x: tf.Tensor) => f(x as tf.Tensor2D));
  return gradient(rows, v) as tf.Tensor2D;
}

/** How many outputs `f` has, from its first row. */
export function countOutputs(f: RowFunction, rows: tf.Tensor2D): number {
  const shape = tf.tidy(() => f(tf.slice2d(rows, [0, 0], [1, rows.shape[1]])).shape);
  if (shape.length !== 2 || shape[0] !== 1) {
    throw new ShapeError(
      `The function must map rows [n, d] to [n, outputs], but gives [${shape.join(', ')}] for one row.`,
    );
  }
  return shape[1];
}
