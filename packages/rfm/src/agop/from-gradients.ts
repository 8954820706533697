import { add, type Backend, divide, multiply, Scope, subtract, type Tensor } from '@agop/core';
import { type KernelExpansion, metricOfGradients, type Points, sizesOf } from '../kernel-matrix/points.ts';
import { gradientBlocks } from '../kernel-matrix/row-blocks.ts';
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
 * Moments of the gradients by forming the gradients in blocks: about 2 n m c d + n c d² operations.
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
  const blocks = gradientBlocks(backend, samples, expansion.centers, c, d);
  const sums = blocks.outputs.map(({ begin, end }) => ops.full([1, (end - begin) * d], 0, dtype));
  const shifts: Tensor[] = [];
  let pooled: Tensor | undefined;
  const gradients = gradientRows(ops, expansion);
  for (const block of blocks.samples) {
    const rows = block.end - block.begin;
    using ofSamples = gradients(samples, block);
    for (const [at, outputs] of blocks.outputs.entries()) {
      using parts = new Scope(backend);
      const some = outputs.end - outputs.begin;
      let g = parts.own(ofSamples.of(outputs));
      if (centering !== 'none') {
        const bySample = parts.ops.reshape(g, [rows, some * d], { consume: true });
        if (centering === 'pooled') pooled ??= pooledMean(ops, bySample, some);
        shifts[at] ??= pooled ? repeated(ops, pooled, some) : ops.mean(bySample, 0);
        subtract(parts.ops, bySample, shifts[at] as Tensor, { out: bySample });
        const counted = weights
          ? multiply(parts.ops, bySample, weightColumn(parts.ops, weights, block, 1, dtype))
          : bySample;
        const sum = sums[at] as Tensor;
        add(parts.ops, sum, parts.ops.sum(counted, 0), { out: sum });
        g = parts.ops.reshape(bySample, [rows * some, d], { consume: true });
      }
      // Roots, as each gradient stands twice in its outer product.
      if (weights)
        multiply(parts.ops, g, weightColumn(parts.ops, weights, block, some, dtype, Math.sqrt), { out: g });
      if (!diagonal) {
        parts.ops.gram(g, { transpose: true, beta: 1, out: second });
      } else {
        const squares = multiply(parts.ops, g, g, { out: g });
        add(parts.ops, second, parts.ops.sum(squares, 0), { out: second });
      }
    }
  }
  const count = weights ? totalWeight(weights) : samples.count;
  const left = metricOfGradients(expansion.metric);
  if (centering === 'none') {
    return { count, second: scope.keep(second), diagonal, means: undefined, left };
  }
  const all = sums.length === 1 ? (sums[0] as Tensor) : ops.concat(sums, 1);
  const means = divide(ops, ops.reshape(all, [c, d]), count);
  return { count, second: scope.keep(second), diagonal, means: scope.keep(means), left };
}

/** The mean of all outputs' gradients within a block, [1, d]. */
function pooledMean(backend: Backend, bySample: Tensor, outputs: number): Tensor {
  using scope = new Scope(backend);
  const { ops } = scope;
  const d = (bySample.shape[1] as number) / outputs;
  return scope.keep(ops.mean(ops.reshape(ops.mean(bySample, 0), [outputs, d]), 0));
}

/** A row so many times side by side. */
function repeated(backend: Backend, row: Tensor, times: number): Tensor {
  return times === 1 ? row : backend.concat(new Array<Tensor>(times).fill(row), 1);
}
