import { eventLoopTurn, OptionError, ShapeError, throwIfAborted } from '@agop/core';
import * as tf from '@tensorflow/tfjs';
import type { SquareMatrix } from '../comparison/measured-layer.ts';
import type { AnsatzLayer } from '../layers/dense-layers.ts';
import { countOutputs, outputGradients } from './output-gradients.ts';

/** Options of {@link layerFeatures}. */
export interface LayerFeatureOptions {
  /**
   * `none`: Σ g gᵀ of the gradients as they are. `output`: of their differences from their mean over samples,
   * for each output. Default 'none'.
   */
  readonly centering?: 'none' | 'output';
  /** Most rows (samples times outputs) of a pass through the network. Default 8192. */
  readonly rowsPerPass?: number;
  /** The layer's kernel before training, W_0 [inputs, units], to look at W − W_0 as well. Default none. */
  readonly initialKernel?: tf.Tensor2D;
  readonly signal?: AbortSignal;
}

/** The two matrices that the ansatz compares, [inputs, inputs]. */
export interface FeatureMatrices {
  /**
   * Average gradient outer product with respect to the layer's input h: (1/n) Σ_i Σ_o (∂f_o/∂h)(∂f_o/∂h)ᵀ = W
   * K Wᵀ, K being that with respect to z = h W + b.
   */
  readonly agop: SquareMatrix;
  /** Neural feature matrix W Wᵀ (WᵀW of texts that write W as [units, inputs]). */
  readonly nfm: SquareMatrix;
}

/** What {@link layerFeatures} finds. */
export interface LayerFeatures extends FeatureMatrices {
  /** With an initial kernel: the same of D = W − W_0, that is D K Dᵀ and D Dᵀ, and ‖D‖ / ‖W‖. */
  readonly change?: FeatureMatrices & { readonly relativeNorm: number };
}

/**
 * AGOP and neural feature matrix of one layer. Gradients go through the network in batches and are summed up
 * at once: memory does not grow with the number of samples, besides x itself.
 * Source: Radhakrishnan et al., arXiv 2212.13881, ansatz 1; the form W K Wᵀ: Beaglehole et al., arXiv
 * 2402.05271.
 *
 * @param x the network's inputs, [n, ...]; stays the caller's
 * @throws {ShapeError} for no samples, or an initial kernel of another shape
 * @throws {OptionError} for rowsPerPass below 1
 * @throws {AbortedError}
 */
export async function layerFeatures(
  layer: AnsatzLayer,
  x: tf.Tensor,
  options: LayerFeatureOptions = {},
): Promise<LayerFeatures> {
  const { initialKernel } = options;
  checkInitial(layer, initialKernel);
  const covariance = await gradientCovariance(layer, x, options);
  try {
    const matrices = await featureMatrices(layer.kernel(), covariance);
    if (!initialKernel) return matrices;
    const change: tf.Tensor2D = tf.sub(layer.kernel(), initialKernel);
    const changed = await featureMatrices(change, covariance).finally(() => change.dispose());
    const relativeNorm = Math.sqrt(trace(changed.nfm) / trace(matrices.nfm));
    return { ...matrices, change: { ...changed, relativeNorm } };
  } finally {
    covariance.dispose();
  }
}

/** W K Wᵀ and W Wᵀ. */
async function featureMatrices(w: tf.Tensor2D, covariance: tf.Tensor2D): Promise<FeatureMatrices> {
  const [agop, nfm] = tf.tidy((): [tf.Tensor2D, tf.Tensor2D] => {
    const turned: tf.Tensor2D = tf.transpose(w);
    return [tf.matMul(tf.matMul(w, covariance), turned), tf.matMul(w, turned)];
  });
  const [hostAgop, hostNfm] = await Promise.all([toHost(agop), toHost(nfm)]);
  return { agop: hostAgop, nfm: hostNfm };
}

/** K = (1/n) Σ_i Σ_o (∂f_o/∂z)(∂f_o/∂z)ᵀ, [units, units]. The caller disposes of it. */
async function gradientCovariance(
  layer: AnsatzLayer,
  x: tf.Tensor,
  { centering = 'none', rowsPerPass = 8192, signal }: LayerFeatureOptions,
): Promise<tf.Tensor2D> {
  const n = x.shape[0] ?? 0;
  if (n === 0) throw new ShapeError(`The AGOP of layer '${layer.name}' needs at least one sample.`);
  if (!(rowsPerPass >= 1)) {
    throw new OptionError('rowsPerPass', `rowsPerPass must be a number from 1, but is ${rowsPerPass}.`);
  }
  const outputs = tf.tidy(() => countOutputs(layer.rest, layer.preactivations(samples(x, 0, 1))));
  const height = Math.max(1, Math.floor(rowsPerPass / outputs));
  const sums = new GradientSums(outputs);
  try {
    for (let begin = 0; begin < n; begin += height) {
      throwIfAborted(signal, 'The AGOP of a layer');
      sums.add(() => {
        const z = layer.preactivations(samples(x, begin, Math.min(n, begin + height)));
        return outputGradients(layer.rest, z, outputs);
      });
      await eventLoopTurn();
    }
    return sums.covariance(n, centering === 'output');
  } finally {
    sums.dispose();
  }
}

/** Σ g gᵀ over all gradients, and Σ g for each output. */
class GradientSums {
  readonly #outputs: number;
  #squares: tf.Tensor2D | undefined;
  #firsts: tf.Tensor2D | undefined;

  constructor(outputs: number) {
    this.#outputs = outputs;
  }

  /** @param gradients makes gradients [outputs · rows, units] */
  add(gradients: () => tf.Tensor2D): void {
    const [squares, firsts] = tf.tidy((): [tf.Tensor2D, tf.Tensor2D] => {
      const g = gradients();
      const units = g.shape[1];
      const square: tf.Tensor2D = tf.matMul(tf.transpose(g), g);
      const first: tf.Tensor2D = tf.sum(tf.reshape(g, [this.#outputs, -1, units]), 1);
      if (!this.#squares || !this.#firsts) return [square, first];
      return [tf.add(this.#squares, square), tf.add(this.#firsts, first)];
    });
    this.dispose();
    [this.#squares, this.#firsts] = [squares, firsts];
  }

  /** Per sample: (1/n) Σ g gᵀ, less Σ_o (mean g)(mean g)ᵀ if centered. */
  covariance(n: number, centered: boolean): tf.Tensor2D {
    const [squares, firsts] = [this.#squares, this.#firsts];
    if (!squares || !firsts) throw new ShapeError('There are no gradients to sum up.');
    return tf.tidy((): tf.Tensor2D => {
      const second: tf.Tensor2D = tf.div(squares, n);
      if (!centered) return second;
      const means: tf.Tensor2D = tf.div(firsts, n);
      return tf.sub(second, tf.matMul(tf.transpose(means), means));
    });
  }

  dispose(): void {
    this.#squares?.dispose();
    this.#firsts?.dispose();
    this.#squares = undefined;
    this.#firsts = undefined;
  }
}

function samples(x: tf.Tensor, begin: number, end: number): tf.Tensor {
  return tf.slice(x, begin, end - begin);
}

function checkInitial(layer: AnsatzLayer, initial: tf.Tensor2D | undefined): void {
  const expected = layer.kernel().shape;
  if (initial && initial.shape.join() !== expected.join()) {
    throw new ShapeError(
      `The initial kernel of layer '${layer.name}' must be [${expected.join(', ')}], but is [${initial.shape.join(', ')}].`,
    );
  }
}

/** Copies a tensor to the host, and disposes of it. */
async function toHost(tensor: tf.Tensor2D): Promise<SquareMatrix> {
  try {
    return { data: Float64Array.from(await tensor.data()), shape: tensor.shape };
  } finally {
    tensor.dispose();
  }
}

function trace({ data, shape }: SquareMatrix): number {
  let sum = 0;
  for (let i = 0; i < shape[0]; i++) sum += data[i * (shape[0] + 1)] as number;
  return sum;
}
