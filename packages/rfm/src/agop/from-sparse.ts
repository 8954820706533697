import { type Backend, bytesPerElement, multiply, Scope, type Tensor } from '@agop/core';
import type { Nonzeros } from '../kernel-matrix/nonzeros.ts';
import { type KernelExpansion, sizesOf } from '../kernel-matrix/points.ts';
import { cacheBlocks } from '../kernel-matrix/row-blocks.ts';
import type { InnerProductKernel } from '../kernels/kernel.ts';
import type { Centering } from './options.ts';
import { type GradientMoments, gradientWeights, WeightCentering } from './weights.ts';

/**
 * Moments of the gradients at the centers, where these are mostly 0. Entry k of the gradients ĝ_ic = Σ_j A_ij
 * α_jc z_jk + F_ic x_ik is a short sum over the centers that have feature k: with r of them at most, a
 * product [c, r] [r, b] for each feature and block of b samples, all of them one batched product of gathered
 * rows. About 2 n d r c + n c d² operations, in place of 2 n m c d + n c d². The terms F_ic x_ik are added by
 * a second product of that kind, with the few samples of the block that have feature k. A block takes samples
 * from all over: neighbours often have features in common.
 *
 * Holds A [m, m] and, per block, the gathered rows and the gradients.
 */
export function momentsFromSparse(
  backend: Backend,
  expansion: KernelExpansion<InnerProductKernel>,
  nonzeros: Nonzeros,
  centering: Centering,
): GradientMoments {
  using scope = new Scope(backend);
  const { ops } = scope;
  const { centers, coefficients } = expansion;
  const { m, c, d, dtype } = sizesOf(expansion);
  const { a, f } = gradientWeights(ops, expansion, centers);
  const second = ops.full([d, d], 0, dtype);
  const weightCentering = new WeightCentering(ops, centering, m, dtype);
  const terms = new ColumnTerms(ops, nonzeros);
  const alpha = terms.scaledRows(coefficients);

  const numbersPerSample = 2 * m + d * (nonzeros.mostPerColumn + c);
  const blocks = cacheBlocks(m, numbersPerSample * bytesPerElement(dtype));
  const order = fromAllOver(m, blocks.length);
  for (const { begin, end } of blocks) {
    using parts = new Scope(backend);
    const b = end - begin;
    const samples = order.subarray(begin, end);
    const indices = parts.ops.tensor(samples, [b], 'int32');
    const rows = parts.ops.gather(a, indices);
    weightCentering.take(rows);
    const weights = parts.ops.gather(parts.ops.transpose(rows), terms.indices);
    // Feature k, output c, sample i: [d c, b].
    const g = parts.ops.matmul(alpha, weights, { transposeA: true, batches: d });
    if (f) {
      const own = new ColumnTerms(parts.ops, nonzeros, samples);
      parts.ops.matmul(
        own.scaledRows(parts.ops.gather(f, indices)),
        parts.ops.gather(parts.ops.identity(b, dtype), own.indices),
        { transposeA: true, batches: d, beta: 1, out: g },
      );
    }
    parts.ops.gram(parts.ops.reshape(g, [d, c * b], { consume: true }), { beta: 1, out: second });
  }

  const ownSums = f && ops.matmul(f, centers.coordinates, { transposeA: true });
  const means = weightCentering.means(centers.coordinates, coefficients, ownSums, m);
  return {
    count: m,
    second: scope.keep(second),
    diagonal: false,
    means: means && scope.keep(means),
    // The entries that are not 0 are those of x, not of x M.
    left: expansion.metric,
  };
}

/** All points, so that neighbors lie far from each other: every `step`-th, from each of the first on. */
function fromAllOver(points: number, step: number): Int32Array {
  const order = new Int32Array(points);
  let at = 0;
  for (let first = 0; first < step; first++)
    for (let point = first; point < points; point += step) order[at++] = point;
  return order;
}

/**
 * Some of the points by feature, as many for each feature as for the one that has most; what is missing is
 * filled up with points of value 0. Its tensors belong to the backend's scope.
 */
class ColumnTerms {
  /** Which of these points, feature by feature. */
  readonly indices: Tensor;
  readonly #backend: Backend;
  readonly #values: Float64Array;

  /** @param chosen which points, by default all in their order; indices count within them */
  constructor(backend: Backend, nonzeros: Nonzeros, chosen?: Int32Array) {
    const places = new Int32Array(nonzeros.points).fill(-1);
    if (chosen) for (const [place, point] of chosen.entries()) places[point] = place;
    const columns = nonzeros.rows.map((rows, k) => {
      const own: { readonly place: number; readonly value: number }[] = [];
      for (const [t, point] of rows.entries()) {
        const place = chosen ? (places[point] as number) : point;
        if (place >= 0) own.push({ place, value: nonzeros.values[k]?.[t] as number });
      }
      return own;
    });
    const width = columns.reduce((most, own) => Math.max(most, own.length), 0);
    const indices = new Int32Array(nonzeros.features * width);
    const values = new Float64Array(nonzeros.features * width);
    for (const [k, own] of columns.entries()) {
      for (const [t, { place, value }] of own.entries()) {
        indices[k * width + t] = place;
        values[k * width + t] = value;
      }
    }
    this.#backend = backend;
    this.#values = values;
    this.indices = backend.tensor(indices, [indices.length], 'int32');
  }

  /** The terms' rows of a matrix that has one for each of the points, times the terms' values. */
  scaledRows(matrix: Tensor): Tensor {
    const gathered = this.#backend.gather(matrix, this.indices);
    const column = this.#backend.tensor(this.#values, [this.#values.length, 1], matrix.dtype);
    return multiply(this.#backend, gathered, column, { out: gathered });
  }
}
