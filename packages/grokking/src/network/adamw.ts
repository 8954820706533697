import * as tf from '@tensorflow/tfjs-core';

/** Options of {@link AdamWOptimizer}. */
export interface AdamWOptions {
  readonly learningRate: number;
  /** Decay of the running mean of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the running mean of squared gradients. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Each step first multiplies the weights by 1 - learningRate * weightDecay. Default 0.01. */
  readonly weightDecay?: number;
}

/**
 * Adam with decoupled weight decay: tfjs's Adam, with the weights shrunk before each step and the decay kept
 * out of the gradients.
 * Source: Loshchilov & Hutter 2019 (arXiv 1711.05101), algorithm 2.
 */
export class AdamWOptimizer extends tf.AdamOptimizer {
  readonly #shrink: number;

  constructor(options: AdamWOptions) {
    const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
    super(learningRate, beta1, beta2, epsilon);
    this.#shrink = 1 - learningRate * weightDecay;
  }

  override applyGradients(gradients: Parameters<tf.AdamOptimizer['applyGradients']>[0]): void {
    const names = Array.isArray(gradients) ? gradients.map(({ name }) => name) : Object.keys(gradients);
    tf.tidy(() => {
      for (const name of names) {
        const variable = tf.engine().registeredVariables[name];
        variable?.assign(tf.mul(variable, this.#shrink));
      }
    });
    super.applyGradients(gradients);
  }
}
