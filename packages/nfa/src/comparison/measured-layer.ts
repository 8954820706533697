import {
  type Backend,
  checkBackend,
  chooseDType,
  OptionError,
  Scope,
  ShapeError,
  shownValue,
  type Tensor,
  ValueError,
} from '@agop/core';
import { checkMembers, checkObject } from '@agop/core/options';
import { matrixPower } from '@agop/rfm';

/** A matrix on the host, row-major. */
export interface WeightMatrix {
  readonly data: ArrayLike<number>;
  readonly shape: readonly [rows: number, columns: number];
}

/** A square matrix on the host, row-major; one of agop's matrix inputs. */
export interface SquareMatrix {
  readonly data: Float64Array;
  readonly shape: readonly [number, number];
}

/**
 * All that the ansatz asks of a layer z = W h + b, wherever the network lives. For a convolution h is a
 * patch, and W has a row for each filter.
 */
export interface MeasuredLayer {
  readonly name: string;
  /** W, [units, inputs]. */
  readonly weights: WeightMatrix;
  /** K = (1/n) Σ g gᵀ over samples, outputs and positions, g = ∂f_o / ∂z; [units, units]. */
  readonly covariance: WeightMatrix;
  /** The same of gradients less their mean over samples and positions, for each output. */
  readonly centeredCovariance?: WeightMatrix;
}

/** The matrices that the ansatz compares, [inputs, inputs]. */
export interface LayerMatrices {
  /** Neural feature matrix WᵀW. */
  readonly nfm: SquareMatrix;
  /** AGOP with respect to the layer's input, WᵀKW. */
  readonly agop: SquareMatrix;
  /** AGOP^½. */
  readonly rootAgop: SquareMatrix;
}

/**
 * Neural feature matrix, AGOP and its root of a layer, in float64 where the backend has it. An input patch of
 * thousands of numbers makes matrices of millions: `compareLayer` needs none of them.
 * Source: Radhakrishnan et al., arXiv 2212.13881; the form WᵀKW: Beaglehole et al., arXiv 2402.05271.
 *
 * @throws {OptionError} for anything but a backend and a layer
 * @throws {ShapeError} if weights and covariance do not fit together
 * @throws {ValueError} for numbers that are not finite
 */
export async function layerMatrices(backend: Backend, layer: MeasuredLayer): Promise<LayerMatrices> {
  checkBackend(backend);
  checkLayer(layer);
  using scope = new Scope(backend);
  const { ops } = scope;
  const w = upload(ops, layer.weights);
  const agop = agopOf(ops, w, upload(ops, layer.covariance));
  return {
    nfm: await download(ops.gram(w, { transpose: true })),
    agop: await download(agop),
    rootAgop: await download(await matrixPower(ops, agop, 0.5)),
  };
}

/** WᵀKW, [inputs, inputs]. */
export function agopOf(ops: Backend, w: Tensor, k: Tensor): Tensor {
  return ops.matmul(w, ops.matmul(k, w), { transposeA: true });
}

/** A matrix on a backend, in float64 where it has that. */
export function upload(ops: Backend, { data, shape }: WeightMatrix): Tensor {
  return ops.tensor(data, shape, chooseDType(ops, undefined, 'float64'));
}

/** A square matrix as it comes from a backend. */
export async function download(matrix: Tensor): Promise<SquareMatrix> {
  const [rows, columns] = matrix.shape as [number, number];
  return { data: Float64Array.from(await matrix.read()), shape: [rows, columns] };
}

/**
 * @throws {OptionError} for anything but a layer
 * @throws {ShapeError} if the matrices do not fit together
 * @throws {ValueError} for numbers that are not finite
 */
export function checkLayer(layer: MeasuredLayer): void {
  checkObject('the layer', layer);
  const { name, weights, covariance, centeredCovariance } = layer;
  if (typeof name !== 'string') throw new OptionError('name', { requirement: 'be a text', received: name });
  checkMatrix(name, 'weights', weights);
  const [units] = weights.shape;
  const others = { covariance, ...(centeredCovariance !== undefined && { centeredCovariance }) };
  for (const [what, matrix] of Object.entries(others)) {
    checkMatrix(name, what, matrix);
    if (matrix.shape.every((length) => length === units)) continue;
    throw new ShapeError(
      `The ${what} of layer '${name}' must be [${units}, ${units}], as its weights have ${units} rows (units), but is [${matrix.shape.join(', ')}].`,
    );
  }
}

/**
 * @throws {OptionError} for anything but numbers with a shape
 * @throws {ShapeError} for anything but a matrix
 * @throws {ValueError} for numbers that are not finite
 */
export function checkMatrix(name: string, what: string, matrix: WeightMatrix): void {
  checkObject(`the ${what} of layer '${name}'`, matrix);
  const { data, shape } = matrix;
  checkMembers(`the ${what} of layer '${name}'`, { data, shape }, { data: 'list', shape: 'list' });
  const [rows, columns] = shape;
  if (shape.length !== 2 || !(rows >= 1 && columns >= 1) || data.length !== rows * columns) {
    throw new ShapeError(
      `The ${what} of layer '${name}' must be a matrix with at least one row and column, but its shape is [${Array.from(shape, shownValue).join(', ')}], with ${data.length} numbers.`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new ValueError(
      `The ${what} of layer '${name}' holds ${shownValue(data[i])}. Have weights or inputs of the network become NaN, or too large?`,
    );
  }
}
