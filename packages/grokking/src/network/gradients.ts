import * as tf from '@tensorflow/tfjs-core';
import { hiddenMoments, hiddenProducts } from './feature-matrices.ts';
import { hadamard, product, type QuadraticWeights } from './weights.ts';

// Closed forms: tfjs-core alone registers no gradient functions, and these need fewer operations than its
// tape.

/**
 * The gradients of mean((W2 (W1 x)^2 - y)^2), the mean over rows and outputs, with respect to W1 and W2.
 *
 * @param x inputs, [rows, d]
 * @param y targets, [rows, p]
 */
export function lossGradients(weights: QuadraticWeights, x: tf.Tensor2D, y: tf.Tensor2D): QuadraticWeights {
  return tf.tidy(() => {
    const { first, second } = weights;
    const hidden = product(x, first, { b: true });
    const activations: tf.Tensor2D = tf.square(hidden);
    const outputs = product(activations, second, { b: true });
    const errors: tf.Tensor2D = tf.mul(tf.sub(outputs, y), 2 / y.size);
    const throughSquare: tf.Tensor2D = tf.mul(hadamard(hidden, product(errors, second)), 2);
    return {
      first: product(throughSquare, x, { a: true }),
      second: product(errors, activations, { a: true }),
    };
  });
}

/**
 * The gradients of `quadraticAgopTrace` with respect to W1 and W2: with Q = W2^T W2, N = W1 S W1^T, G = W1
 * W1^T they are 8 ((Q o G) W1 S + (Q o N) W1) and 8 W2 (N o G).
 *
 * @param moment S of the inputs, [d, d]
 */
export function traceGradients(weights: QuadraticWeights, moment: tf.Tensor2D): QuadraticWeights {
  return tf.tidy(() => {
    const { first, second } = weights;
    const q = hiddenProducts(weights);
    const n = hiddenMoments(weights, moment);
    const g = product(first, first, { b: true });
    const throughMoments = product(hadamard(q, g), product(first, moment));
    const throughGram = product(hadamard(q, n), first);
    const sum: tf.Tensor2D = tf.add(throughMoments, throughGram);
    return {
      first: tf.mul<tf.Tensor2D>(sum, 8),
      second: tf.mul<tf.Tensor2D>(product(second, hadamard(n, g)), 8),
    };
  });
}

/** a + factor * b; both stay the caller's. */
export function addScaled(a: QuadraticWeights, b: QuadraticWeights, factor: number): QuadraticWeights {
  return {
    first: tf.add(a.first, tf.mul(b.first, factor)),
    second: tf.add(a.second, tf.mul(b.second, factor)),
  };
}
