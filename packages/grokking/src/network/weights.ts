import { type RandomKey, randomArray } from '@agop/core';
import * as tf from '@tensorflow/tfjs-core';

/** The weights of f(x) = W2 (W1 x)^2, the square taken elementwise. */
export interface QuadraticNetwork {
  /** W1, [width, d] */
  readonly first: tf.Variable<tf.Rank.R2>;
  /** W2, [p, width] */
  readonly second: tf.Variable<tf.Rank.R2>;
}

/** The same weights as plain tensors, in formulas. */
export interface QuadraticWeights {
  readonly first: tf.Tensor2D;
  readonly second: tf.Tensor2D;
}

/**
 * The random numbers of a network's training by what they are for; a task's split has stream 0 of its seed.
 */
export const networkKeys = {
  firstWeights: (seed: number): RandomKey => ({ seed, stream: 2 }),
  secondWeights: (seed: number): RandomKey => ({ seed, stream: 3 }),
  /** @param epoch from 1 */
  batchOrder: (seed: number, epoch: number): RandomKey => ({ seed, stream: 3 + epoch }),
} as const;

/**
 * New weights, uniform within 1 / sqrt(fan in) as PyTorch initialises linear layers; Philox streams 2 and 3
 * of the seed.
 *
 * @param columns length d of an input row
 * @returns variables that the caller disposes
 */
export function initialNetwork(
  columns: number,
  width: number,
  outputs: number,
  seed: number,
): QuadraticNetwork {
  return {
    first: uniformVariable([width, columns], columns, networkKeys.firstWeights(seed)),
    second: uniformVariable([outputs, width], width, networkKeys.secondWeights(seed)),
  };
}

function uniformVariable(shape: [number, number], fanIn: number, key: RandomKey): tf.Variable<tf.Rank.R2> {
  const bound = 1 / Math.sqrt(fanIn);
  const uniform = randomArray(shape[0] * shape[1], 'uniform', key, 'float64');
  const values = tf.tensor2d(
    Float32Array.from(uniform, (u) => bound * (2 * u - 1)),
    shape,
  );
  const made = tf.variable(values);
  values.dispose();
  return made;
}

/** f(x) for rows x, [n, p]. */
export function networkOutputs({ first, second }: QuadraticWeights, x: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => product(tf.square(product(x, first, { b: true })), second, { b: true }));
}

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
