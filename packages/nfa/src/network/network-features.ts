import { chooseDType, OptionError, Scope, ShapeError, subtract, type Tensor } from '@agop/core';
import { checkGiven, checkWhole } from '@agop/core/options';
import type { MatrixInput } from '@agop/estimators';
import { matrixPower } from '@agop/rfm';
import { type CovarianceOptions, covarianceOptionNames, gradientCovariances } from './covariances.ts';
import { checkNetwork, type DenseNetwork } from './dense-network.ts';

/** A square matrix of the order of a layer's inputs, row-major. */
export interface FeatureMatrix {
  readonly data: Float64Array;
  readonly shape: readonly [number, number];
}

/** What a layer's weights and gradients say about its inputs, each [inputs, inputs]. */
export interface NetworkLayerFeatures {
  /** Index of the layer, from 0. */
  readonly layer: number;
  /** Neural feature matrix WᵀW. */
  readonly nfm: FeatureMatrix;
  /** Average gradient outer product Wᵀ K W. */
  readonly agop: FeatureMatrix;
  /** AGOP^½. */
  readonly rootAgop: FeatureMatrix;
  /** With the initial network: DᵀD and Dᵀ K D of D = W − W_0. */
  readonly change?: { readonly nfm: FeatureMatrix; readonly agop: FeatureMatrix };
}

/** Options of {@link networkFeatures}. */
export interface NetworkFeatureOptions extends CovarianceOptions {
  /** The network before training, of the same sizes: a `copy()` of it. Default none. */
  readonly initial?: DenseNetwork;
  /** Indices of the layers that are wanted, from 0. Default all. */
  readonly layers?: readonly number[];
}

/**
 * Feature matrices of the layers of a network; in float64 where the backend has it. Matrices of inputs ×
 * inputs are made: for correlations alone, {@link networkAlignment} does without.
 * Source: Radhakrishnan et al., arXiv 2212.13881, ansatz 1.
 *
 * @param x rows [n, inputs]
 * @throws {OptionError} for options out of range
 * @throws {ShapeError} for rows that do not fit, and an initial network of other sizes
 * @throws {ValueError} for numbers that are not finite
 * @throws {DTypeError} for what is no matrix
 * @throws {DisposedError} for a network or a tensor that has been disposed
 * @throws {ConvergenceError} for a network whose weights are not finite
 * @throws {AbortedError} through `signal`
 * @throws {OutOfMemoryError}
 */
export async function networkFeatures(
  network: DenseNetwork,
  x: MatrixInput,
  options: NetworkFeatureOptions = {},
): Promise<NetworkLayerFeatures[]> {
  checkNetwork('network', network);
  checkGiven('networkFeatures()', options, { ...covarianceOptionNames, initial: true, layers: true });
  const { initial, layers = network.layers.map((_, i) => i), ...passes } = options;
  if (initial !== undefined) checkSameSizes(network, initial);
  if (!Array.isArray(layers)) throw new OptionError('layers', { requirement: 'be a list', received: layers });
  for (const layer of layers) checkWhole('layers', layer, 0, network.layers.length - 1);
  using scope = new Scope(network.backend);
  const covariances = await gradientCovariances(network, x, passes);
  for (const covariance of covariances) scope.own(covariance);
  const features: NetworkLayerFeatures[] = [];
  for (const layer of layers) {
    using part = new Scope(network.backend);
    const { ops } = part;
    const dtype = chooseDType(ops, undefined, 'float64');
    const weightsOf = ({ layers: own }: DenseNetwork): Tensor =>
      ops.cast((own[layer] as (typeof own)[number]).weights, dtype);
    const [w, k] = [weightsOf(network), ops.cast(covariances[layer] as Tensor, dtype)];
    const agop = ops.matmul(w, ops.matmul(k, w), { transposeA: true });
    const change = initial && subtract(ops, w, weightsOf(initial));
    features.push({
      layer,
      nfm: await toHost(ops.gram(w, { transpose: true })),
      agop: await toHost(agop),
      rootAgop: await toHost(await matrixPower(ops, agop, 0.5)),
      ...(change && {
        change: {
          nfm: await toHost(ops.gram(change, { transpose: true })),
          agop: await toHost(ops.matmul(change, ops.matmul(k, change), { transposeA: true })),
        },
      }),
    });
  }
  return features;
}

/**
 * @throws {ShapeError} for networks whose layers differ in size
 * @throws {OptionError} for anything but a network
 */
export function checkSameSizes(network: DenseNetwork, initial: DenseNetwork): void {
  checkNetwork('initial', initial);
  const sizes = ({ layers }: DenseNetwork) =>
    layers.map(({ weights: { shape } }) => `[${shape.join(', ')}]`).join(', ');
  if (sizes(network) === sizes(initial)) return;
  throw new ShapeError(
    `The initial network has weights ${sizes(initial)}, but the network has ${sizes(network)}. Keep a copy() of it before training.`,
  );
}

async function toHost(tensor: Tensor): Promise<FeatureMatrix> {
  const [rows, columns] = tensor.shape as [number, number];
  return { data: Float64Array.from(await tensor.read()), shape: [rows, columns] };
}
