import { Scope, subtract, type Tensor } from '@agop/core';
import type { MatrixInput } from '@agop/estimators';
import { gradientCovariances } from '../network/covariances.ts';
import { checkNetwork, DenseNetwork } from '../network/dense-network.ts';
import { checkSameSizes } from '../network/network-features.ts';
import { download, type MeasuredLayer, type WeightMatrix } from './measured-layer.ts';
import { comparePublished, type PublishedComparison } from './published.ts';

/** Options of {@link measureNetwork} and {@link publishedComparisons}. */
export interface MeasureNetworkOptions {
  /** Most rows of a pass through the network, which bounds the memory. Default 2048. */
  readonly rowsPerPass?: number;
  readonly signal?: AbortSignal;
}

/**
 * The layers of a dense network for `compareLayer`: weights and covariances of the gradients, on the host.
 *
 * @param x rows [n, inputs]
 * @throws {OptionError} for options out of range
 * @throws {ShapeError} for rows that do not fit
 * @throws {ValueError} for numbers that are not finite
 * @throws {DTypeError} for what is no matrix
 * @throws {DisposedError} for a network or a tensor that has been disposed
 * @throws {AbortedError} through `signal`
 * @throws {OutOfMemoryError}
 */
export async function measureNetwork(
  network: DenseNetwork,
  x: MatrixInput,
  options: MeasureNetworkOptions = {},
): Promise<MeasuredLayer[]> {
  checkNetwork('network', network);
  using scope = new Scope(network.backend);
  const own = (tensors: readonly Tensor[]) => tensors.map((tensor) => scope.own(tensor));
  const plain = own(await gradientCovariances(network, x, options));
  const centered = own(await gradientCovariances(network, x, { ...options, centering: 'output' }));
  const layers: MeasuredLayer[] = [];
  for (const [index, { weights }] of network.layers.entries()) {
    // The gradients of the outputs themselves do not vary: centered, nothing is left of them.
    const isLast = index === network.layers.length - 1;
    layers.push({
      name: `layer ${index + 1}`,
      weights: await toHost(weights),
      covariance: await download(plain[index] as Tensor),
      ...(!isLast && { centeredCovariance: await download(centered[index] as Tensor) }),
    });
  }
  return layers;
}

/**
 * What the published verification of the ansatz computes for the hidden layers of a network; see
 * {@link PublishedComparison}.
 *
 * @param initial the network before training, of the same sizes: a `copy()` of it
 * @param x rows [n, inputs]
 * @throws {OptionError} as {@link measureNetwork}
 * @throws {ShapeError} as {@link measureNetwork}, and for an initial network of other sizes
 * @throws {ValueError} as {@link measureNetwork}
 * @throws {DTypeError} as {@link measureNetwork}
 * @throws {DisposedError} as {@link measureNetwork}
 * @throws {AbortedError} as {@link measureNetwork}
 * @throws {OutOfMemoryError}
 */
export async function publishedComparisons(
  network: DenseNetwork,
  initial: DenseNetwork,
  x: MatrixInput,
  options: MeasureNetworkOptions = {},
): Promise<PublishedComparison[]> {
  checkNetwork('network', network);
  checkSameSizes(network, initial);
  const { backend } = network;
  const results: PublishedComparison[] = [];
  for (const [index, layer] of network.layers.slice(0, -1).entries()) {
    using scope = new Scope(backend);
    const before = initial.layers[index]?.weights as Tensor;
    const change = subtract(scope.ops, layer.weights, before);
    using other = await DenseNetwork.fromLayers({
      backend,
      dtype: network.dtype,
      activation: network.activation.value,
      layers: network.layers.map(({ weights, bias }, at) => ({
        weights: at === index ? change : weights,
        ...(bias && { bias }),
      })),
    });
    const measured = await measureNetwork(other, x, options);
    const { covariance, centeredCovariance } = measured[index] as MeasuredLayer;
    results.push(
      await comparePublished(backend, {
        change: await toHost(change),
        initial: await toHost(before),
        covariance,
        centeredCovariance,
      }),
    );
  }
  return results;
}

async function toHost(tensor: Tensor): Promise<WeightMatrix> {
  const [rows, columns] = tensor.shape as [number, number];
  return { data: Float64Array.from(await tensor.read()), shape: [rows, columns] };
}
