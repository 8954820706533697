import { randomArray } from '@agop/core';
import * as tf from '@tensorflow/tfjs-core';
import { product } from './product.ts';

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
    first: uniformVariable([width, columns], columns, seed, 2),
    second: uniformVariable([outputs, width], width, seed, 3),
  };
}

function uniformVariable(
  shape: [number, number],
  fanIn: number,
  seed: number,
  stream: number,
): tf.Variable<tf.Rank.R2> {
  const bound = 1 / Math.sqrt(fanIn);
  const uniform = randomArray(shape[0] * shape[1], 'uniform', { seed, stream }, 'float64');
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
