import { type Backend, input, Scope, type Tensor } from '@agop/core';
import type { Kernel } from '../kernels/kernel.ts';
import type { Points } from '../machine/points.ts';
import { rowBlocks } from '../machine/row-blocks.ts';
import { BlockGradients } from './gradients.ts';
import type { GradientMoments } from './moments.ts';

const square = input('g').mul(input('g'));

/** Moments of the gradients by forming the gradients in row blocks: about 2 n m c d + n c d² operations. */
export function momentsFromGradients(
  backend: Backend,
  kernel: Kernel,
  samples: Points,
  centers: Points,
  coefficients: Tensor,
  diagonal: boolean,
  needMeans: boolean,
): GradientMoments {
  using scope = new Scope(backend);
  const { ops } = scope;
  const d = centers.coordinates.shape[1] as number;
  const c = coefficients.shape[1] as number;
  const dtype = coefficients.dtype === 'float64' ? 'float64' : 'float32';
  const second = ops.full(diagonal ? [1, d] : [d, d], 0, dtype);
  const sums = needMeans ? ops.full([1, c * d], 0, dtype) : undefined;
  const gradients = new BlockGradients(ops, kernel, centers, coefficients);
  for (const block of rowBlocks(samples.count)) {
    using parts = new Scope(backend);
    const g = parts.own(gradients.of(samples, block));
    if (sums) {
      const perSample = parts.ops.reshape(g, [block.end - block.begin, c * d]);
      accumulate(parts.ops, sums, parts.ops.sum(perSample, 0));
    }
    if (diagonal) accumulate(parts.ops, second, parts.ops.sum(parts.ops.map(square, { g }), 0));
    else parts.ops.gram(g, { transpose: true, beta: 1, out: second });
  }
  const means = sums && ops.map(input('g').div(samples.count), { g: ops.reshape(sums, [c, d]) });
  return {
    count: samples.count,
    second: scope.keep(second),
    diagonal,
    means: means && scope.keep(means),
  };
}

function accumulate(backend: Backend, total: Tensor, part: Tensor): void {
  backend.map(input('a').add(input('b')), { a: total, b: part }, { out: total });
}
