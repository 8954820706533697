import { type Backend, bytesPerElement, input, multiply, Scope } from '@agop/core';
import {
  type KernelExpansion,
  metricOfGradients,
  type Points,
  preparedRows,
  sizesOf,
} from '../kernel-matrix/points.ts';
import { rowBlocks } from '../kernel-matrix/row-blocks.ts';
import type { InnerProductKernel } from '../kernels/kernel.ts';
import type { Centering } from './options.ts';
import { type GradientMoments, gradientWeights, WeightCentering } from './weights.ts';

const scaledInnerProduct = input('u').mul(input('w'));

/**
 * Moments of the gradients without forming them. With ĝ_ic = Σ_j A_ij α_jc z_j + F_ic x_i,
 *
 *   Σ_i Σ_c ĝ ĝᵀ = Zᵀ ((AᵀA) ∘ (ααᵀ)) Z + Xᵀ H Z + (Xᵀ H Z)ᵀ + Xᵀ diag(Σ_c F_ic²) X,   H = A ∘ (F αᵀ):
 *
 * about n m² operations for AᵀA, and n m (c + d) for the rest. Holds one m × m matrix and a few row blocks.
 */
export function momentsFromGram(
  backend: Backend,
  expansion: KernelExpansion<InnerProductKernel>,
  samples: Points,
  centering: Centering,
): GradientMoments {
  using scope = new Scope(backend);
  const { ops } = scope;
  const needMeans = centering !== 'none';
  const { centers, coefficients } = expansion;
  const { m, c, d, dtype } = sizesOf(expansion);
  const weightGram = ops.full([m, m], 0, dtype);
  const cross = ops.full([d, d], 0, dtype);
  const second = ops.full([d, d], 0, dtype);
  const weightCentering = new WeightCentering(ops, centering, m, dtype);
  const ownSums = ops.full([c, d], 0, dtype);

  // Rows of A and H, or of AᵀA and the weights.
  const rowBytes = 2 * (m + c) * bytesPerElement(dtype);
  // float32 sums over as few samples at a time as is efficient: AᵀA and ααᵀ cancel, and errors grow with the
  // length of a sum.
  const sampleBytes = dtype === 'float64' ? rowBytes : Number.POSITIVE_INFINITY;
  for (const block of rowBlocks(samples.count, sampleBytes)) {
    using parts = new Scope(backend);
    const part = preparedRows(parts.ops, samples, block.begin, block.end);
    const x = part.weighted;
    const { a, f } = gradientWeights(parts.ops, expansion, part);
    weightCentering.take(a);
    parts.ops.gram(a, { transpose: true, beta: 1, out: weightGram });
    if (!f) continue;
    const h = parts.ops.matmul(f, coefficients, { transposeB: true });
    multiply(parts.ops, h, a, { out: h });
    const hz = parts.ops.matmul(h, centers.weighted);
    parts.ops.matmul(x, hz, { transposeA: true, beta: 1, out: cross });
    const scaled = multiply(parts.ops, x, parts.ops.norm(f, 1));
    parts.ops.gram(scaled, { transpose: true, beta: 1, out: second });
    if (needMeans) parts.ops.matmul(f, x, { transposeA: true, beta: 1, out: ownSums });
  }

  for (const { begin, end } of rowBlocks(m, rowBytes)) {
    using parts = new Scope(backend);
    const rows = parts.ops.rows(weightGram, begin, end);
    const alpha = parts.ops.rows(coefficients, begin, end);
    const weights = parts.ops.pairwise(alpha, coefficients, scaledInnerProduct, { inputs: { w: rows } });
    const wz = parts.ops.matmul(weights, centers.weighted);
    const z = parts.ops.rows(centers.weighted, begin, end);
    parts.ops.matmul(z, wz, { transposeA: true, beta: 1, out: second });
  }
  const transposed = ops.transpose(cross);
  const sum = ops.map(input('s').add(input('h')).add(input('t')), { s: second, h: cross, t: transposed });
  const means = weightCentering.means(centers.weighted, coefficients, ownSums, samples.count);
  return {
    count: samples.count,
    second: scope.keep(sum),
    diagonal: false,
    means: means && scope.keep(means),
    left: metricOfGradients(expansion.metric),
  };
}
