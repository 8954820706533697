import { chooseDType, Scope, type Tensor } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import type { MatrixInput, ShapedArray } from '@agop/estimators';
import { matrixPower } from '@agop/rfm';
import { type CovarianceOptions, covarianceOptionNames, gradientCovariances } from './covariances.ts';
import type { DenseLayer } from './dense-layer.ts';
import { checkNetwork, type DenseNetwork } from './dense-network.ts';
import { forward } from './forward.ts';
import { networkRows } from './network-rows.ts';

/**
 * What becomes of the rows h that a hidden layer gets, W = U S Vᵀ being its weights. Distances and angles
 * between rows are those of the maps that are named; the rows themselves may be turned.
 */
export interface LayerMaps {
  /** Index of the layer, from 0. */
  readonly layer: number;
  /** `none`: h, [n, inputs]. */
  readonly none: ShapedArray;
  /** `right`, S Vᵀ h: the same up to the rotation U as W h, [n, units]. No decomposition is needed. */
  readonly right: ShapedArray;
  /** `left`, φ(U S Vᵀ h): what the next layer gets, [n, units]. */
  readonly left: ShapedArray;
  /** AGOP^½ h: the same up to a rotation as K^½ W h, as the AGOP is Wᵀ K W; [n, units]. */
  readonly gradient: ShapedArray;
}

/**
 * Rows before and after each hidden layer, and after parts of it: for measuring what makes classes collapse.
 * Biases shift W h, which measures of collapse do not see.
 * Source: Beaglehole, Súkeník, Mondelli, Belkin 2024, arXiv 2402.13728, section 5.
 *
 * @param x rows [n, inputs]
 * @throws {OptionError} for options out of range
 * @throws {ShapeError} for rows that do not fit
 * @throws {ValueError} for numbers that are not finite
 * @throws {DTypeError} for what is no matrix
 * @throws {DisposedError} for a network or a tensor that has been disposed
 * @throws {ConvergenceError} for a network whose weights are not finite
 * @throws {AbortedError} through `signal`
 * @throws {OutOfMemoryError}
 */
export async function layerMaps(
  network: DenseNetwork,
  x: MatrixInput,
  options: Omit<CovarianceOptions, 'centering'> = {},
): Promise<LayerMaps[]> {
  checkNetwork('network', network);
  checkGiven('layerMaps()', options, { ...covarianceOptionNames, centering: false });
  using scope = new Scope(network.backend);
  const { ops } = scope;
  const covariances = await gradientCovariances(network, x, options);
  for (const covariance of covariances) scope.own(covariance);
  const pass = forward(ops, network, await networkRows(ops, network, x));
  const maps: LayerMaps[] = [];
  for (const [layer, covariance] of covariances.slice(0, -1).entries()) {
    const input = pass.inputs[layer] as Tensor;
    const turned = ops.matmul(input, (network.layers[layer] as DenseLayer).weights, { transposeB: true });
    const exact = ops.cast(covariance, chooseDType(ops, undefined, 'float64'));
    const root = ops.cast(await matrixPower(ops, exact, 0.5), network.dtype);
    maps.push({
      layer,
      none: await toHost(input),
      right: await toHost(turned),
      left: await toHost(pass.inputs[layer + 1] as Tensor),
      gradient: await toHost(ops.matmul(turned, root)),
    });
  }
  return maps;
}

async function toHost(tensor: Tensor): Promise<ShapedArray> {
  return { data: await tensor.read(), shape: tensor.shape };
}
