import { add, type Backend, divide, multiply, Scope, subtract, type Tensor } from '@agop/core';
import { type KernelExpansion, metricOfGradients, type Points, sizesOf } from '../kernel-matrix/points.ts';
import { sampleBlocks } from '../kernel-matrix/row-blocks.ts';
import { gradientRows } from './gradients.ts';
import type { Centering } from './options.ts';
import { totalWeight, weightColumn } from './sample-weights.ts';
import type { GradientMoments } from './weights.ts';

interface GradientMomentOptions {
  readonly centering: Centering;
  readonly diagonal: boolean;
  /** How much each sample counts, from 0; default all alike. */
  readonly weights?: ArrayLike<number> | undefined;
}

/**
 * Moments of the gradients by forming the gradients in row blocks: about 2 n m c d + n c d² operations.
 *
 * Where they are to be centered, the mean of the first block is subtracted from all gradients at once, so
 * that what has to be subtracted from the sums at the end is small: otherwise float32 loses half its digits
 * to cancellation where gradients share a large mean.
 */
export function momentsFromGradients(
  backend: Backend,
  expansion: KernelExpansion,
  samples: Points,
  { centering, diagonal, weights }: GradientMomentOptions,
): GradientMoments {
  using scope = new Scope(backend);
  const { ops } = scope;
  const { c, d, dtype } = sizesOf(expansion);
  const second = ops.full(diagonal ? [1, d] : [d, d], 0, dtype);
  const sums = centering === 'none' ? undefined : ops.full([1, c * d], 0, dtype);
  let shift: Tensor | undefined;
  const gradients = gradientRows(ops, expansion);
  for (const block of sampleBlocks(backend, samples, expansion.centers, c * d)) {
    using parts = new Scope(backend);
    let g = parts.own(gradients(samples, block));
    if (sums) {
      const bySample = parts.ops.reshape(g, [block.end - block.begin, c * d], { consume: true });
      shift ??= blockMean(ops, bySample, c, centering);
      subtract(parts.ops, bySample, shift, { out: bySample });
      const counted = weights
        ? multiply(parts.ops, bySample, weightColumn(parts.ops, weights, block, 1, dtype))
        : bySample;
      add(parts.ops, sums, parts.ops.sum(counted, 0), { out: sums });
      g = parts.ops.reshape(bySample, [(block.end - block.begin) * c, d], { consume: true });
    }
    // Roots, as each gradient stands twice in its outer product.
    if (weights)
      multiply(parts.ops, g, weightColumn(parts.ops, weights, block, c, dtype, Math.sqrt), { out: g });
    if (!diagonal) {
      parts.ops.gram(g, { transpose: true, beta: 1, out: second });
    } else {
      const squares = multiply(parts.ops, g, g, { out: g });
      add(parts.ops, second, parts.ops.sum(squares, 0), { out: second });
    }
  }
  const count = weights ? totalWeight(weights) : samples.count;
  const means = sums && divide(ops, ops.reshape(sums, [c, d]), count);
  const left = metricOfGradients(expansion.metric);
  return { count, second: scope.keep(second), diagonal, means: means && scope.keep(means), left };
}

/** The mean that centering subtracts, within one block, for all outputs side by side: [1, c d]. */
function blockMean(backend: Backend, bySample: Tensor, outputs: number, centering: Centering): Tensor {
  const width = bySample.shape[1] as number;
  if (centering !== 'pooled') return backend.mean(bySample, 0);
  using scope = new Scope(backend);
  const { ops } = scope;
  const perOutput = ops.reshape(ops.mean(bySample, 0), [outputs, width / outputs]);
  const pooled = ops.mean(perOutput, 0);
  return scope.keep(ops.concat(new Array<Tensor>(outputs).fill(pooled), 1));
}
