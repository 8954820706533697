import { Scope, type Tensor } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import type { MatrixInput } from '@agop/estimators';
import type { Similarity } from '../comparison/similarity.ts';
import { gradientCovariances } from '../network/covariances.ts';
import { checkNetwork, type DenseNetwork } from '../network/dense-network.ts';
import { type LossGradientOptions, lossGradients } from '../network/loss-gradients.ts';
import { gramSimilarity } from './layer-alignment.ts';
import { layerIndices } from './network-alignment.ts';

/** Options of {@link earlyAlignment}. */
export interface EarlyAlignmentOptions extends LossGradientOptions {
  /** As in {@link networkAlignment}. Default 'hidden'. */
  readonly layers?: 'hidden' | 'all';
}

/** What a layer's C-NFA will be after a first small step. */
export interface EarlyAlignment extends Similarity {
  /** Index of the layer, from 0. */
  readonly layer: number;
}

/**
 * The C-NFA of each layer just after training has begun, from one backward pass instead of training: to
 * first order W − W_0 = −rate · G with the gradient G, so that it is the similarity of GᵀG with Gᵀ K G. Holds
 * for any such network and loss, and gradient descent over all rows.
 *
 * @param network before training
 * @param x rows [n, inputs]
 * @param y targets [n, outputs]
 * @throws {OptionError} for options out of range
 * @throws {ShapeError} for rows or targets that do not fit the network or each other
 * @throws {ValueError} for numbers that are not finite
 * @throws {DTypeError} for what is no matrix
 * @throws {DisposedError} for a network or a tensor that has been disposed
 * @throws {AbortedError} through `signal`
 * @throws {OutOfMemoryError}
 */
export async function earlyAlignment(
  network: DenseNetwork,
  x: MatrixInput,
  y: MatrixInput,
  options: EarlyAlignmentOptions = {},
): Promise<EarlyAlignment[]> {
  checkNetwork('network', network);
  checkGiven('earlyAlignment()', options, { layers: true, loss: true, rowsPerPass: true, signal: true });
  const { layers: which = 'hidden', ...gradientOptions } = options;
  const indices = layerIndices(network, which);
  using scope = new Scope(network.backend);
  const { gradients } = await lossGradients(network, x, y, gradientOptions);
  for (const { weights, bias } of gradients) {
    scope.own(weights);
    if (bias) scope.own(bias);
  }
  const { loss: _, ...passes } = gradientOptions;
  const covariances = await gradientCovariances(network, x, passes);
  for (const covariance of covariances) scope.own(covariance);
  const layers: EarlyAlignment[] = [];
  for (const layer of indices) {
    const { weights } = gradients[layer] as (typeof gradients)[number];
    const similarity = await gramSimilarity(network.backend, weights, covariances[layer] as Tensor);
    layers.push({ layer, ...similarity });
  }
  return layers;
}
