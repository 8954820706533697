import type * as tf from '@tensorflow/tfjs';

/**
 * A fully connected layer within a network, as the neural feature ansatz sees it: h is the layer's input, z = h W + b
 * what it makes of it, and the rest of the network a function of z. Rows are samples, and no sample may influence
 * another (as batch normalisation does in training).
 *
 * {@link denseLayers} finds them in a `tf.LayersModel`; for a network of plain functions, write one per layer.
 */
export interface AnsatzLayer {
  readonly name: string;
  /** W, [inputs, units], as it is now. It stays the model's. */
  kernel(): tf.Tensor2D;
  /** z [n, units] of the network's inputs x [n, ...]. */
  preactivations(x: tf.Tensor): tf.Tensor2D;
  /** The network's outputs [n, outputs] of z [n, units]; differentiable by tfjs. */
  rest(z: tf.Tensor2D): tf.Tensor2D;
}
