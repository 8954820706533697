import type { Expression } from '@agop/core';
import { checkPositive, checkWhole } from '../options.ts';
import { cosineKernel, type InnerProductKernel, innerProductKernel } from './kernel.ts';

/** Options of {@link quadratic}. */
export interface QuadraticOptions {
  /** Factor, positive. Irrelevant without ridge. Default 1; the published grokking program has 3. */
  readonly scale?: number;
}

/**
 * The quadratic kernel scale · (xᵀMz)².
 *
 * Source: Mallinar, Beaglehole, Zhu, Radhakrishnan, Pandit, Belkin 2025 (arXiv 2407.20199), section 2.
 *
 * @throws {OptionError} for a scale that is not positive
 */
export function quadratic(options: QuadraticOptions = {}): InnerProductKernel {
  const scale = checkPositive('scale', options.scale ?? 1);
  return innerProductKernel('quadratic', ({ u }, { scale: s }) => u.mul(u).mul(s), { scale });
}

/** The general quadratic kernel (xᵀMx - 1)(zᵀMz - 1) / 2 + (xᵀMz)². */
export function generalQuadratic(): InnerProductKernel {
  return innerProductKernel(
    'generalQuadratic',
    ({ u, p, q }) => p.sub(1).mul(q.sub(1)).div(2).add(u.mul(u)),
    {},
  );
}

/** Options of {@link ntk} and {@link nngp}. */
export interface NetworkKernelOptions {
  /** Number of weight layers, a whole number from 1; 1 is the linear kernel. */
  readonly depth: number;
}

/**
 * The neural tangent kernel of a fully connected ReLU network without biases, with `depth` weight layers.
 *
 * With N = √p √q, S = T = u / N (the cosine), and depth - 1 times T ← T k0(S), S ← k1(S), T ← T + S, it is N T; 0 where N = 0. k0, k1 are the arc-cosine
 * kernels of `Expression.arcCosine0` and `arcCosine1`. At parallel points the infinite derivative of k0 counts as 0.
 *
 * Source: Jacot, Gabriel, Hongler 2018 (arXiv 1806.07572); Cho & Saul 2009 for k0, k1.
 *
 * @throws {OptionError} for a depth that is not a whole number from 1
 */
export function ntk(options: NetworkKernelOptions): InnerProductKernel {
  const depth = checkWhole('depth', options.depth, 1);
  const kernel = cosineKernel('ntk', (c) => networkRecursion(c, depth).tangent, {});
  return { ...kernel, parameters: { depth } };
}

/**
 * The kernel of the corresponding infinitely wide random network (NNGP): N S in the terms of {@link ntk}.
 *
 * @throws {OptionError} for a depth that is not a whole number from 1
 */
export function nngp(options: NetworkKernelOptions): InnerProductKernel {
  const depth = checkWhole('depth', options.depth, 1);
  const kernel = cosineKernel('nngp', (c) => networkRecursion(c, depth).covariance, {});
  return { ...kernel, parameters: { depth } };
}

function networkRecursion(
  cosine: Expression,
  depth: number,
): { readonly tangent: Expression; readonly covariance: Expression } {
  let covariance = cosine;
  let tangent = cosine;
  for (let layer = 1; layer < depth; layer++) {
    tangent = tangent.mul(covariance.arcCosine0());
    covariance = covariance.arcCosine1();
    tangent = tangent.add(covariance);
  }
  return { tangent, covariance };
}
