import { type Backend, divide, input, multiply, OptionError, Scope, subtract, type Tensor } from '@agop/core';
import { checkChoice } from '@agop/core/options';
import { fitsInMemory } from '../kernel-matrix/fits.ts';
import type { Nonzeros } from '../kernel-matrix/nonzeros.ts';
import { type KernelExpansion, type Points, sizesOf } from '../kernel-matrix/points.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { type Metric, sandwichByMetric, symmetrize } from '../metric/metric.ts';
import { cheapestAgopMethod } from './cost.ts';
import { momentsFromGradients } from './from-gradients.ts';
import { momentsFromGram } from './from-gram.ts';
import { momentsFromSparse } from './from-sparse.ts';
import { type AgopMethod, type AgopOptions, type Centering, resolveCentering } from './options.ts';
import { checkWeights } from './sample-weights.ts';
import { sparseGradients } from './sparse-gradients.ts';
import type { GradientMoments } from './weights.ts';

/**
 * The average gradient outer product of a kernel machine f over samples,
 *
 *   AGOP = (1/n) Σ_i Σ_c (∇f_c(x_i) - ḡ) (∇f_c(x_i) - ḡ)ᵀ,
 *
 * with ḡ as `centering` says. Exactly symmetric; positive semi-definite up to rounding. Pairs of a sample and
 * a center at distance 0 contribute 0 where the kernel has no derivative.
 *
 * Precision: all products in the dtype of the coefficients. Centering subtracts the mean's outer product from
 * the sum. Gradients are shifted first, so that it cancels no digits; except by 'gram' with pooled centering,
 * which does where they share a large mean. By 'gradients' it is the mean of the outer products of just what
 * `gradients` returns. By 'gram' terms may cancel that do not in the gradients: in float32 up to 2e-3 of the
 * largest entry with kernels of distances, anything with others, for which 'auto' does not take it.
 *
 * Source: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881), eq. 3.
 *
 * @param samples n prepared points
 * @param options with the entries of the samples that are not 0, where these are the centers and their
 *   coordinates are the points themselves
 * @returns [d, d], or [1, d] with `diagonal`
 */
export function agopOfPoints(
  backend: Backend,
  expansion: KernelExpansion,
  samples: Points,
  options: AgopOptions & { readonly nonzeros?: Nonzeros | undefined } = {},
): Tensor {
  const { diagonal = false, nonzeros } = options;
  const { metric } = expansion;
  const centering = resolveCentering(options);
  const method = checkChoice('method', options.method ?? 'auto', ['auto', 'gradients', 'gram', 'sparse']);
  using scope = new Scope(backend);
  const { ops } = scope;
  // With a full metric even the diagonal needs the whole matrix: diag(P S P), if P is left.
  const onlyDiagonal = diagonal && metric.kind !== 'full';
  const moments = gradientMoments(ops, expansion, samples, {
    method,
    centering,
    diagonal: onlyDiagonal,
    nonzeros,
    weights: options.weights && checkWeights(options.weights, samples.count),
  });
  const average = averageMoment(ops, moments, centering);
  const { d } = sizesOf(expansion);
  if (onlyDiagonal) {
    const entries = moments.diagonal ? average : ops.reshape(ops.diagonal(average), [1, d]);
    return scope.keep(diagonalInMetric(ops, entries, moments.left));
  }
  const symmetric = symmetrize(ops, average);
  const agop = moments.left.kind === 'identity' ? symmetric : sandwichByMetric(ops, symmetric, moments.left);
  if (!diagonal) return scope.keep(agop);
  return scope.keep(ops.reshape(ops.diagonal(agop), [1, d]));
}

interface MomentOptions {
  readonly method: AgopMethod;
  readonly centering: Centering;
  readonly diagonal: boolean;
  readonly nonzeros: Nonzeros | undefined;
  readonly weights: ArrayLike<number> | undefined;
}

/** The moments by the way that was asked for, if the kernel has it; the caller owns their tensors. */
function gradientMoments(
  backend: Backend,
  expansion: KernelExpansion,
  samples: Points,
  { method, centering, diagonal, nonzeros, weights }: MomentOptions,
): GradientMoments {
  const { kernel } = expansion;
  const byGradients = (): GradientMoments =>
    momentsFromGradients(backend, expansion, samples, { centering, diagonal, weights });
  if (kernel.geometry !== 'inner' || diagonal || weights) return byGradients();
  const inner = { ...expansion, kernel };
  switch (method === 'auto' ? cheapestMethod(backend, expansion, samples, nonzeros) : method) {
    case 'gradients':
      return byGradients();
    case 'gram':
      return momentsFromGram(backend, inner, samples, centering);
    case 'sparse':
      return momentsFromSparse(backend, inner, nonzerosFor(nonzeros), centering);
  }
}

function cheapestMethod(
  backend: Backend,
  expansion: KernelExpansion,
  samples: Points,
  nonzeros: Nonzeros | undefined,
): Exclude<AgopMethod, 'auto'> {
  const { m, c, d, dtype } = sizesOf(expansion);
  const nonzerosPerColumn = nonzeros?.mostPerColumn;
  if (dtype === 'float32' && !nonzeros && cancels(expansion.kernel)) return 'gradients';
  // The others hold a matrix of all pairs.
  if (!fitsInMemory(backend, m, dtype)) return 'gradients';
  const isByEntries = nonzeros && backend.extension(sparseGradients) !== undefined;
  return cheapestAgopMethod({
    samples: samples.count,
    centers: m,
    outputs: c,
    features: d,
    nonzerosPerColumn,
    nonzeros: isByEntries ? nonzeros.rows.reduce((sum, { length }) => sum + length, 0) : undefined,
  });
}

/**
 * Whether the terms of the Gram product cancel where those of the gradients themselves have done so before:
 * with kernels that are not of distances. float32 has not the digits for the squares.
 */
function cancels(kernel: Kernel): boolean {
  return kernel.geometry === 'inner' && !kernel.radial;
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
  const average = divide(ops, moments.second, moments.count);
  if (centering === 'none' || !moments.means) return scope.keep(average);
  const outputs = moments.means.shape[0] as number;
  let center = moments.means;
  if (centering === 'pooled') {
    // One mean for all c outputs, whose outer product counts c times.
    const pooled = ops.mean(center, 0);
    center = multiply(ops, pooled, Math.sqrt(outputs));
  }
  if (!moments.diagonal)
    return scope.keep(ops.gram(center, { transpose: true, alpha: -1, beta: 1, out: average }));
  const squares = ops.sum(multiply(ops, center, center), 0);
  return scope.keep(subtract(ops, average, squares, { out: average }));
}

/** Diagonal of P S P from the diagonal of S, for a diagonal P or the identity: [1, d]. */
function diagonalInMetric(backend: Backend, diagonal: Tensor, metric: Metric): Tensor {
  if (metric.kind === 'identity') return backend.clone(diagonal);
  const [s, w] = [input('s'), input('w')];
  return backend.map(s.mul(w).mul(w), { s: diagonal, w: metric.tensor });
}
