import * as tf from '@tensorflow/tfjs';
import type { Layer } from './find-layers.ts';

/**
 * Batch normalization as it predicts: a factor and a summand for each channel. TensorFlow.js's own gradient
 * fails where the layer has no scale. Undefined for other layers, and where the channels are not last.
 */
export function normalize(layer: Layer): ((x: tf.Tensor) => tf.Tensor) | undefined {
  if (layer.getClassName() !== 'BatchNormalization') return undefined;
  const [axis, epsilon] = [Reflect.get(layer, 'axis'), Reflect.get(layer, 'epsilon')];
  const weight = (name: string): tf.Tensor | undefined => {
    const variable: unknown = Reflect.get(layer, name);
    return layer.weights.find((one) => one === variable)?.read();
  };
  const [mean, variance] = [weight('movingMean'), weight('movingVariance')];
  const last = axis === -1 || (layer.input instanceof tf.SymbolicTensor && axis === layer.input.rank - 1);
  if (typeof epsilon !== 'number' || !mean || !variance || !last) return undefined;
  return (x) =>
    tf.tidy(() => {
      const deviation = tf.sqrt(tf.add(variance, epsilon));
      const [gamma, beta] = [weight('gamma'), weight('beta')];
      const factor = gamma ? tf.div(gamma, deviation) : tf.reciprocal(deviation);
      const shift = tf.neg(tf.mul(mean, factor));
      return tf.add(tf.mul(x, factor), beta ? tf.add(shift, beta) : shift);
    });
}
