import { type Backend, checkBackend, OptionError, Scope } from '@agop/core';
import { checkCallback, checkGiven } from '@agop/core/options';
import * as tf from '@tensorflow/tfjs';
import { gramSimilarity } from '../alignment/layer-alignment.ts';
import { upload } from '../comparison/measured-layer.ts';
import type { Similarity } from '../comparison/similarity.ts';
import { findLayers } from '../model/find-layers.ts';
import { modelFeatures } from '../model/model-features.ts';
import { weightsOf } from '../model/weights.ts';

/** Options of {@link earlyModelAlignment}. */
export interface EarlyModelOptions {
  /** For comparing matrices, best one with float64. The network itself runs on the current tfjs backend. */
  readonly backend: Backend;
  /** Before training. */
  readonly model: tf.LayersModel;
  /** The model's inputs, [n, ...]. */
  readonly x: tf.Tensor;
  /** The targets, as the loss takes them. */
  readonly y: tf.Tensor;
  /** A scalar of targets and predictions. Default `tf.losses.meanSquaredError`. */
  readonly loss?: (y: tf.Tensor, prediction: tf.Tensor) => tf.Scalar;
  /** Names of layers, as `modelFeatures` has them. Default: all that can be measured. */
  readonly layers?: readonly string[];
}

/** What a layer's C-NFA will be after a first small step. */
export interface EarlyModelAlignment extends Similarity {
  readonly name: string;
}

/**
 * The C-NFA of each layer of a model of tfjs just after training has begun, from one backward pass instead of
 * training: the similarity of GᵀG with Gᵀ K G, G being the gradient of the loss over all samples. In float32,
 * as tfjs computes.
 *
 * @throws {OptionError} for a model or layers that cannot be measured, and a loss that is no function
 * @throws {ShapeError} if x is not what the model takes
 * @throws {ValueError} for weights or gradients that are not finite
 */
export async function earlyModelAlignment(options: EarlyModelOptions): Promise<EarlyModelAlignment[]> {
  checkGiven('earlyModelAlignment()', options, {
    ...{ backend: true, model: true, x: true, y: true, loss: true, layers: true },
  });
  const { backend, model, x, y, loss = meanSquaredError, layers } = options;
  checkBackend(backend);
  checkCallback('loss', loss);
  const { layers: measured } = await modelFeatures({
    backend,
    model,
    x,
    controls: 0,
    ...(layers && { layers }),
  });
  const { value, grads } = tf.variableGrads(() => loss(y, model.apply(x) as tf.Tensor));
  value.dispose();
  try {
    const { found } = findLayers(model);
    const results: EarlyModelAlignment[] = [];
    for (const { name, covariance } of measured) {
      const one = found.find((layer) => layer.name === name);
      const kernel = one?.layer.weights[0]?.read();
      const gradient = kernel instanceof tf.Variable ? grads[kernel.name] : undefined;
      if (!one || !gradient) {
        throw new OptionError('layers', `Layer '${name}' is frozen: its weights have no gradient.`);
      }
      using scope = new Scope(backend);
      const g = upload(scope.ops, await weightsOf(one, gradient));
      results.push({ name, ...(await gramSimilarity(backend, g, upload(scope.ops, covariance))) });
    }
    return results;
  } finally {
    tf.dispose(grads);
  }
}

function meanSquaredError(y: tf.Tensor, prediction: tf.Tensor): tf.Scalar {
  return tf.losses.meanSquaredError(y, prediction);
}
