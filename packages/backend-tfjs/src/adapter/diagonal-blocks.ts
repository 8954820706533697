import type { Dense } from '@agop/core/host';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tfjs } from './library.ts';

/** Order of the diagonal blocks that are worked on by the host, in float64. */
export const blockOrder = 128;

/** A lower triangular block, its inverse, and ones where they are not zero, all float32. */
export interface DiagonalBlock {
  readonly factor: tfjs.Tensor2D;
  readonly inverse: tfjs.Tensor2D;
  readonly pattern: tfjs.Tensor2D;
}

/** A square block on the host, in float64. */
export function onHost(elements: ArrayLike<number>, order: number): Dense {
  return { buffer: Float64Array.from(elements), dtype: 'float64', rows: order, columns: order };
}

/** Sends a lower triangular block and its inverse to tfjs. What is above the diagonal is not read. */
export function diagonalBlock(tf: Tfjs, { buffer, rows: order }: Dense): DiagonalBlock {
  const factor = new Float32Array(order * order);
  const pattern = new Float32Array(order * order);
  for (let i = 0; i < order; i++) {
    pattern.fill(1, i * order, i * order + i + 1);
    factor.set(buffer.subarray(i * order, i * order + i + 1), i * order);
  }
  const send = (elements: Float32Array): tfjs.Tensor2D => tf.tensor2d(elements, [order, order]);
  const inverse = Float32Array.from(invertLower(buffer, order));
  return { factor: send(factor), inverse: send(inverse), pattern: send(pattern) };
}

/** The inverse of a lower triangular matrix, row by row: l_ii x_i = e_i − Σ_{k<i} l_ik x_k. */
function invertLower(l: ArrayLike<number>, order: number): Float64Array {
  const inverse = new Float64Array(order * order);
  for (let i = 0; i < order; i++) {
    const row = inverse.subarray(i * order, (i + 1) * order);
    row[i] = 1;
    for (let k = 0; k < i; k++) {
      const factor = l[i * order + k] as number;
      for (let j = 0; j <= k; j++) row[j] = (row[j] as number) - factor * (inverse[k * order + j] as number);
    }
    const pivot = l[i * order + i] as number;
    for (let j = 0; j <= i; j++) row[j] = (row[j] as number) / pivot;
  }
  return inverse;
}

/**
 * X with L X = B (or Lᵀ X = B) for one diagonal block: a product with its inverse, and one step of refinement
 * that makes up for what the inverse lost. What is not finite in B makes NaN of what depends on it, and only
 * of that: a product would spread it, as 0 times NaN is NaN.
 */
export function solveBlock(
  tf: Tfjs,
  { factor, inverse, pattern }: DiagonalBlock,
  b: tfjs.Tensor2D,
  transpose: boolean,
): tfjs.Tensor2D {
  const op = (a: tfjs.Tensor2D): tfjs.Tensor2D => (transpose ? tf.transpose(a) : a);
  const [l, undo] = [op(factor), op(inverse)];
  const finite: tfjs.Tensor2D = tf.isFinite(b);
  const right = tf.where(finite, b, 0);
  const first = tf.matMul(undo, right);
  const solution: tfjs.Tensor2D = tf.add(first, tf.matMul(undo, tf.sub(right, tf.matMul(l, first))));
  const reached = tf.matMul(op(pattern), tf.cast(tf.logicalNot(finite), 'float32'));
  return tf.where(tf.greater(reached, 0), Number.NaN, solution);
}
