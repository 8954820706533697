import { type Backend, input, multiply, OptionError, Scope, type Tensor } from '@agop/core';
import { checkChoice } from '@agop/core/options';
import type { Nonzeros } from '../kernel-matrix/nonzeros.ts';
import type { Points } from '../kernel-matrix/points.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { type Metric, sandwichByMetric, symmetrize } from '../metric/metric.ts';
import { cheapestAgopMethod } from './cost.ts';
import { momentsFromGradients } from './from-gradients.ts';
import { momentsFromGram } from './from-gram.ts';
import { momentsFromSparse } from './from-sparse.ts';
import type { GradientMoments } from './moments.ts';
import { type AgopOptions, type Centering, resolveCentering } from './options.ts';

/**
 * The average gradient outer product of a kernel machine f over samples,
 *
 *   AGOP = (1/n) Σ_i Σ_c (∇f_c(x_i) - ḡ) (∇f_c(x_i) - ḡ)ᵀ,
 *
 * with ḡ as `centering` says. Exactly symmetric; positive semi-definite up to rounding. Pairs of a sample and a center at distance 0 contribute 0 where
 * the kernel has no derivative.
 *
 * Precision: all products in the dtype of the coefficients. Centering subtracts the mean's outer product from the sum. Gradients are shifted first,
 * so that it cancels no digits; except by 'gram' with pooled centering, which does where they share a large mean.
 *
 * Source: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881), eq. 3.
 *
 * @param samples n prepared points
 * @param centers m prepared points
 * @param coefficients α [m, c]
 * @param options with the entries of the samples that are not 0, where these are the centers and their coordinates are the points themselves
 * @returns [d, d], or [1, d] with `diagonal`
 */
export function agopOfPoints(
  backend: Backend,
  kernel: Kernel,
  metric: Metric,
  samples: Points,
  centers: Points,
  coefficients: Tensor,
  options: AgopOptions & { readonly nonzeros?: Nonzeros | undefined } = {},
): Tensor {
  const { diagonal = false, method: asked = 'auto', nonzeros } = options;
  const centering = resolveCentering(options);
  checkChoice('method', asked, ['auto', 'gradients', 'gram', 'sparse']);
  using scope = new Scope(backend);
  const { ops } = scope;
  // With a full metric even the diagonal needs the whole matrix: diag(P S P).
  const onlyDiagonal = diagonal && metric.kind !== 'full';
  const sizes = {
    samples: samples.count,
    centers: centers.count,
    outputs: coefficients.shape[1] as number,
    features: centers.coordinates.shape[1] as number,
    nonzerosPerColumn: nonzeros?.mostPerColumn,
  };
  const method = asked === 'auto' ? cheapestAgopMethod(sizes) : asked;
  const moments =
    kernel.geometry === 'power' || onlyDiagonal || method === 'gradients'
      ? momentsFromGradients(ops, kernel, samples, centers, coefficients, onlyDiagonal, centering)
      : method === 'gram'
        ? momentsFromGram(ops, kernel, samples, centers, coefficients, centering)
        : momentsFromSparse(ops, kernel, centers, coefficients, nonzerosFor(nonzeros), centering);
  const average = averageMoment(ops, moments, centering);
  if (onlyDiagonal) {
    const entries = moments.diagonal ? average : ops.reshape(ops.diagonal(average), [1, sizes.features]);
    return scope.keep(diagonalInMetric(ops, entries, metric));
  }
  const agop = sandwichByMetric(ops, symmetrize(ops, average), metric);
  if (!diagonal) return scope.keep(agop);
  return scope.keep(ops.reshape(ops.diagonal(agop), [1, sizes.features]));
}

function nonzerosFor(nonzeros: Nonzeros | undefined): Nonzeros {
  if (nonzeros) return nonzeros;
  throw new OptionError(
    'method',
    "The method 'sparse' needs a machine that was given its `nonzeros`, its own centers as samples, and a metric that does not transform the features.",
  );
}

/** (1/n) (Σ ĝĝᵀ) - the outer product of the means, in the shape of `moments.second`. */
function averageMoment(backend: Backend, moments: GradientMoments, centering: Centering): Tensor {
  using scope = new Scope(backend);
  const { ops } = scope;
  scope.own(moments.second);
  if (moments.means) scope.own(moments.means);
  const average = ops.map(input('s').div(moments.count), { s: moments.second });
  if (centering === 'none' || !moments.means) return scope.keep(average);
  const outputs = moments.means.shape[0] as number;
  let center = moments.means;
  if (centering === 'pooled') {
    // One mean for all c outputs, whose outer product counts c times.
    const pooled = ops.mean(center, 0);
    center = ops.map(input('g').mul(Math.sqrt(outputs)), { g: pooled });
  }
  if (!moments.diagonal)
    return scope.keep(ops.gram(center, { transpose: true, alpha: -1, beta: 1, out: average }));
  const squares = ops.sum(multiply(ops, center, center), 0);
  return scope.keep(ops.map(input('a').sub(input('b')), { a: average, b: squares }, { out: average }));
}

/** Diagonal of P S P from the diagonal of S, for a diagonal P or the identity: [1, d]. */
function diagonalInMetric(backend: Backend, diagonal: Tensor, metric: Metric): Tensor {
  if (metric.kind === 'identity') return backend.clone(diagonal);
  const [s, w] = [input('s'), input('w')];
  return backend.map(s.mul(w).mul(w), { s: diagonal, w: metric.tensor });
}
