import {
  type Backend,
  bytesPerElement,
  type Extension,
  floatDType,
  multiply,
  Scope,
  type Tensor,
} from '@agop/core';
import type { Nonzeros } from '../kernel-matrix/nonzeros.ts';
import { type KernelExpansion, sizesOf } from '../kernel-matrix/points.ts';
import { blocksOf, cacheBlocks, gradientRowsAtOnce } from '../kernel-matrix/row-blocks.ts';
import type { InnerProductKernel } from '../kernels/kernel.ts';
import type { Centering } from './options.ts';
import { type SparseGradientsOptions, sparseGradients } from './sparse-gradients.ts';
import { type GradientMoments, gradientWeights, WeightCentering } from './weights.ts';

/** What gradients at the centers are made of. */
interface SparseTerms {
  /** A [m, m], symmetric. */
  readonly a: Tensor;
  /** F [m, c]; undefined for 0. */
  readonly f: Tensor | undefined;
  readonly coefficients: Tensor;
  readonly nonzeros: Nonzeros;
  readonly weightCentering: WeightCentering;
}

/**
 * Moments of the gradients at the centers, where these are mostly 0. Entry k of the gradients ĝ_ic = Σ_j A_ij
 * α_jc z_jk + F_ic x_ik is a short sum over the centers that have feature k: about 2 n c operations for each
 * entry that is not 0 and n c d² for the moments, in place of 2 n m c d + n c d².
 *
 * Holds A [m, m] and the gradients of a block of samples.
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
  const { m, d, dtype } = sizesOf(expansion);
  const { a, f } = gradientWeights(ops, expansion, centers);
  const second = ops.full([d, d], 0, dtype);
  const weightCentering = new WeightCentering(ops, centering, m, dtype);
  const terms = { a, f, coefficients, nonzeros, weightCentering };
  for (const gradients of gradientsByExtension(ops, terms) ?? gradientsByBatches(ops, terms)) {
    using g = gradients;
    ops.gram(g, { beta: 1, out: second });
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

/**
 * Gradients of blocks of samples, [d, c b], the caller's: each entry a sum over the centers that have it.
 * Undefined where the backend does not have that.
 */
function gradientsByExtension(ops: Backend, terms: SparseTerms): Iterable<Tensor> | undefined {
  const run = ops.extension(sparseGradients);
  return run && extensionBlocks(ops, terms, run);
}

function* extensionBlocks(
  ops: Backend,
  { a, f, coefficients, nonzeros, weightCentering }: SparseTerms,
  run: Extension<readonly [Tensor, Tensor, ...Tensor[]], SparseGradientsOptions>,
): Generator<Tensor, void, undefined> {
  const [m, c] = coefficients.shape as [number, number];
  const d = nonzeros.features;
  const shift = weightCentering.takeAll(a);
  const operands: [Tensor, Tensor, ...Tensor[]] = [a, coefficients];
  const place = (tensor: Tensor | undefined) => tensor && operands.push(tensor) - 1;
  const options = { nonzeros, own: place(f), shift: place(shift) };
  const rows = gradientRowsAtOnce(m, c, d, bytesPerElement(a.dtype));
  for (const { begin, end } of blocksOf(m, rows)) {
    const g = run(operands, { ...options, begin, end });
    yield ops.reshape(g, [d, c * (end - begin)], { consume: true });
  }
}

/**
 * The same as batched products of gathered rows: with r centers of a feature at most, a product [c, r] [r, b]
 * for each feature and block of b samples. The terms F_ic x_ik are added by a second product of that kind,
 * with the few samples of the block that have feature k. A block takes samples from all over: neighbours
 * often have features in common.
 */
function* gradientsByBatches(
  ops: Backend,
  { a, f, coefficients, nonzeros, weightCentering }: SparseTerms,
): Generator<Tensor, void, undefined> {
  const [m, c] = coefficients.shape as [number, number];
  const d = nonzeros.features;
  const terms = new ColumnTerms(ops, nonzeros);
  const alpha = terms.scaledRows(coefficients);
  const numbersPerSample = 2 * m + d * (nonzeros.mostPerColumn + c);
  const blocks = cacheBlocks(m, numbersPerSample * bytesPerElement(a.dtype));
  const order = fromAllOver(m, blocks.length);
  for (const { begin, end } of blocks) {
    using parts = new Scope(ops);
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
        parts.ops.gather(parts.ops.identity(b, floatDType(a)), own.indices),
        { transposeA: true, batches: d, beta: 1, out: g },
      );
    }
    yield parts.keep(parts.ops.reshape(g, [d, c * b], { consume: true }));
  }
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
