import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';

/** Seeded weights and biases for a layer. */
export function random(seed: number) {
  const of = (shift: number) => tf.initializers.randomNormal({ stddev: 0.5, seed: seed + shift });
  return { kernelInitializer: of(0), biasInitializer: of(100) };
}

/** The largest absolute difference of two lists of one length. */
export function worstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0);
}

/** Adds what it is told to. */
export class Shifted extends tf.layers.Layer {
  static className = 'Shifted';
  shift: tf.Tensor | undefined;
  seen: number[] = [];

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
    this.seen = x.shape;
    return tf.tidy(() => (this.shift ? tf.add(x, this.shift) : tf.clone(x)));
  }
}

/** A layer that keeps another one: f(x) + x over two units. */
export class Twice extends tf.layers.Layer {
  static className = 'Twice';
  readonly first = tf.layers.dense({ units: 4, activation: 'tanh', name: 'first', ...random(9) });

  override build(shape: tf.Shape | tf.Shape[]): void {
    this.first.build(shape);
    super.build(shape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor;
    return tf.tidy(() => tf.add(this.first.apply(x) as tf.Tensor, x));
  }
}
