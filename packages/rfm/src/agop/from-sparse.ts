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
  const terms = new ColumnTerms(ops, nonzeros, { first: 0, step: 1 });
  const alpha = terms.scaledRows(coefficients);

  const numbersPerSample = 2 * m + d * (nonzeros.mostPerColumn + c);
  const step = cacheBlocks(m, numbersPerSample * bytesPerElement(dtype)).length;
  for (let first = 0; first < step; first++) {
    using parts = new Scope(backend);
    const b = Math.ceil((m - first) / step);
    const samples = Int32Array.from({ length: b }, (_, i) => first + i * step);
    const indices = parts.ops.tensor(samples, [b], 'int32');
    const rows = parts.ops.gather(a, indices);
    weightCentering.take(rows);
    const weights = parts.ops.gather(parts.ops.transpose(rows), terms.indices);
    // Feature k, output c, sample i: [d c, b].
    const g = parts.ops.matmul(alpha, weights, { transposeA: true, batches: d });
    if (f) {
      const own = new ColumnTerms(parts.ops, nonzeros, { first, step });
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

/** Every `step`-th point from `first` on. */
interface Stride {
  readonly first: number;
  readonly step: number;
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

  constructor(backend: Backend, nonzeros: Nonzeros, { first, step }: Stride) {
    const columns = nonzeros.rows.map((rows) => {
      const places: number[] = [];
      for (let t = 0; t < rows.length; t++) if ((rows[t] as number) % step === first) places.push(t);
      return places;
    });
    const width = columns.reduce((most, places) => Math.max(most, places.length), 0);
    const indices = new Int32Array(nonzeros.features * width);
    const values = new Float64Array(nonzeros.features * width);
    for (const [k, places] of columns.entries()) {
      for (const [t, place] of places.entries()) {
        indices[k * width + t] = ((nonzeros.rows[k]?.[place] as number) - first) / step;
        values[k * width + t] = nonzeros.values[k]?.[place] as number;
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
