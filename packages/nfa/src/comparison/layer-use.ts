import { type Backend, checkBackend, Scope, type Tensor } from '@agop/core';
import { checkWhole } from '@agop/core/options';
import { rootsOf } from './correlate.ts';
import { checkLayer, type MeasuredLayer, upload } from './measured-layer.ts';

/** Which inputs and directions a layer uses, as its gradients say. */
export interface LayerUse {
  /** Each input's share of the trace of the AGOP, [inputs]; 0 everywhere where all gradients are 0. */
  readonly inputShares: Float64Array;
  /** Shares of the trace of the directions (eigenvectors of the AGOP) with the largest ones, descending. */
  readonly directionShares: Float64Array;
  /** The first of these directions, each [inputs] of length 1; their signs are free. */
  readonly directions: readonly Float64Array[];
  /** (Σ λ)² / Σ λ² of the eigenvalues: how many directions are used, if all were used alike. */
  readonly effectiveDimension: number;
}

/**
 * Which inputs and directions a layer uses: the diagonal and the eigenvectors of its AGOP WᵀKW, by matrices
 * of the order of its units only.
 *
 * @param directions how many directions are wanted, from 0. Default 3
 * @throws {OptionError} for anything but a backend, a layer and a whole number
 * @throws {ShapeError} if weights and covariance do not fit together
 * @throws {ValueError} for numbers that are not finite
 */
export async function layerUse(backend: Backend, layer: MeasuredLayer, directions = 3): Promise<LayerUse> {
  checkBackend(backend);
  checkLayer(layer);
  checkWhole('directions', directions, 0);
  using scope = new Scope(backend);
  const { ops } = scope;
  const [w, k] = [upload(ops, layer.weights), upload(ops, layer.covariance)];
  const [units, inputs] = layer.weights.shape;
  // The AGOP is BᵀB with B = K^½ W; BBᵀ has the same eigenvalues other than 0, and v = Bᵀu / √λ.
  const { half } = await rootsOf(ops, k);
  const b = ops.matmul(half, w);
  const diagonal = await columnSquares(b);
  const trace = diagonal.reduce((sum, value) => sum + value, 0);
  const { values, vectors } = await ops.eigh(units < inputs ? ops.gram(b) : ops.gram(b, { transpose: true }));
  const eigenvalues = Array.from(await values.read(), (value) => Math.max(0, value)).reverse();
  const columns = await (units < inputs ? ops.matmul(b, vectors, { transposeA: true }) : vectors).read();
  const order = eigenvalues.length;
  const wanted = Math.min(directions, eigenvalues.filter((value) => value > 1e-12 * trace).length);
  const share = (value: number): number => (trace > 0 ? value / trace : 0);
  const squares = eigenvalues.reduce((sum, value) => sum + value * value, 0);
  const total = eigenvalues.reduce((sum, value) => sum + value, 0);
  return {
    inputShares: Float64Array.from(diagonal, share),
    directionShares: Float64Array.from(eigenvalues, share),
    directions: Array.from({ length: wanted }, (_, index) =>
      unit(
        Float64Array.from({ length: inputs }, (__, i) => columns[i * order + order - 1 - index] as number),
      ),
    ),
    effectiveDimension: squares > 0 ? (total * total) / squares : 0,
  };
}

/** Sums of the squares of the columns: the diagonal of BᵀB. */
async function columnSquares(matrix: Tensor): Promise<Float64Array> {
  const b = await matrix.read();
  const [units, inputs] = matrix.shape as [number, number];
  const sums = new Float64Array(inputs);
  for (let i = 0; i < units; i++) {
    for (let j = 0; j < inputs; j++) sums[j] = (sums[j] as number) + (b[i * inputs + j] as number) ** 2;
  }
  return sums;
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}
