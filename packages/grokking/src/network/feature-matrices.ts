import * as tf from '@tensorflow/tfjs-core';
import { hadamard, product, type QuadraticWeights } from './weights.ts';

// For f(x) = W2 (W1 x)^2 the Jacobian is J(x) = 2 W2 diag(W1 x) W1. With Q = W2^T W2 and the second moment
// S = (1/n) sum x x^T of the inputs,
//
//   AGOP = (1/n) sum J^T J = 4 W1^T (Q o (W1 S W1^T)) W1,      tr AGOP = 4 sum (Q o (W1 S W1^T) o (W1 W1^T)),
//
// o the elementwise product: no n x p x d array, and nothing that grows with n once S is known.

/** S = (1/n) sum x x^T, [d, d], of input rows x [n, d]. */
export function secondMoment(x: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy((): tf.Tensor2D => tf.div(product(x, x, { a: true }), x.shape[0]));
}

/** The neural feature matrix W1^T W1, [d, d]. */
export function neuralFeatureMatrix({ first }: QuadraticWeights): tf.Tensor2D {
  return product(first, first, { a: true });
}

/**
 * The average gradient outer product of the network, gradients not centered, [d, d].
 *
 * @param moment S of the inputs, [d, d]
 */
export function networkAgop(weights: QuadraticWeights, moment: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy((): tf.Tensor2D => {
    const { first } = weights;
    const inner = hadamard(hiddenProducts(weights), hiddenMoments(weights, moment));
    return tf.mul(product(product(first, inner, { a: true }), first), 4);
  });
}

/**
 * The trace of {@link networkAgop}, a scalar: the regulariser of the paper's appendix H.
 *
 * @param moment S of the inputs, [d, d]
 */
export function quadraticAgopTrace(weights: QuadraticWeights, moment: tf.Tensor2D): tf.Scalar {
  return tf.tidy((): tf.Scalar => {
    const gram = product(weights.first, weights.first, { b: true });
    const inner = hadamard(hiddenProducts(weights), hiddenMoments(weights, moment));
    return tf.mul(tf.sum(hadamard(inner, gram)), 4);
  });
}

/** Q = W2^T W2, [width, width]. */
export function hiddenProducts({ second }: QuadraticWeights): tf.Tensor2D {
  return product(second, second, { a: true });
}

/** (1/n) sum h h^T = W1 S W1^T of the hidden values before the square, [width, width]. */
export function hiddenMoments({ first }: QuadraticWeights, moment: tf.Tensor2D): tf.Tensor2D {
  return product(product(first, moment), first, { b: true });
}
