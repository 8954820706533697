import { Scope, type Tensor } from '@agop/core';
import { checkChoice, checkFlag, checkGiven } from '@agop/core/options';
import type { MatrixInput } from '@agop/estimators';
import { gradientCovariances } from '../network/covariances.ts';
import type { DenseLayer } from '../network/dense-layer.ts';
import { checkNetwork, type DenseNetwork } from '../network/dense-network.ts';
import { checkSameSizes } from '../network/network-features.ts';
import { type LayerAlignment, layerAlignment } from './layer-alignment.ts';

/** Options of measuring alignment. */
export interface AlignmentOptions {
  /**
   * `hidden`: all but the last one, whose gradients are the same for every sample, so that its AGOP is WᵀW.
   * Default 'hidden'.
   */
  readonly layers?: 'hidden' | 'all';
  /** Whether to compare with roots of AGOPs as well, which takes eigenvalues. Default true. */
  readonly roots?: boolean;
  /** As in `gradientCovariances`. Default 2048. */
  readonly rowsPerPass?: number;
  readonly signal?: AbortSignal;
}

/** A layer's alignment with its index, from 0. */
export interface NetworkLayerAlignment extends LayerAlignment {
  readonly layer: number;
}

/**
 * The alignment of the layers of a network, compared with what it was before training.
 * Source: Beaglehole et al., arXiv 2402.05271.
 *
 * @param initial the network before training, of the same sizes: a `copy()` of it
 * @param x rows [n, inputs] at which gradients are taken
 * @throws {OptionError} for options out of range
 * @throws {ShapeError} for rows that do not fit, and an initial network of other sizes
 * @throws {ValueError} for numbers that are not finite
 * @throws {DTypeError} for what is no matrix
 * @throws {DisposedError} for a network or a tensor that has been disposed
 * @throws {ConvergenceError} for a network whose weights are not finite
 * @throws {AbortedError} through `signal`
 * @throws {OutOfMemoryError}
 */
export async function networkAlignment(
  network: DenseNetwork,
  initial: DenseNetwork,
  x: MatrixInput,
  options: AlignmentOptions = {},
): Promise<NetworkLayerAlignment[]> {
  checkNetwork('network', network);
  checkGiven('networkAlignment()', options, { layers: true, roots: true, rowsPerPass: true, signal: true });
  const { roots = true, layers: which = 'hidden', ...passes } = options;
  checkFlag('roots', roots);
  checkSameSizes(network, initial);
  const covariances = await gradientCovariances(network, x, passes);
  using scope = new Scope(network.backend);
  for (const covariance of covariances) scope.own(covariance);
  const layers: NetworkLayerAlignment[] = [];
  for (const layer of layerIndices(network, which)) {
    const { weights } = network.layers[layer] as DenseLayer;
    const { weights: before } = initial.layers[layer] as DenseLayer;
    const state = { weights, initial: before, covariance: covariances[layer] as Tensor };
    layers.push({ layer, ...(await layerAlignment(network.backend, state, roots)) });
  }
  return layers;
}

/** @throws {OptionError} for another choice */
export function layerIndices({ layers }: DenseNetwork, which: 'hidden' | 'all'): number[] {
  checkChoice('layers', which, ['hidden', 'all']);
  const indices = layers.map((_, i) => i);
  return which === 'all' ? indices : indices.slice(0, -1);
}
