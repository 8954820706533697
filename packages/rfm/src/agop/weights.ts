import {
  add,
  type Backend,
  constantValue,
  divide,
  type FloatDType,
  multiply,
  Scope,
  subtract,
  type Tensor,
} from '@agop/core';
import { kernelPart } from '../kernel-matrix/kernel-matrix.ts';
import type { KernelExpansion, Points } from '../kernel-matrix/points.ts';
import type { InnerProductKernel } from '../kernels/kernel.ts';
import type { Metric } from '../metric/metric.ts';
import type { Centering } from './options.ts';

/**
 * Moments of the gradients ĝ_ic over samples i and outputs c, before the metric multiplies what it leaves to.
 * They may be taken about a shift that centering would remove anyway: one per output for 'output', one for
 * all for 'pooled'.
 */
export interface GradientMoments {
  /** Number of samples n, or the sum of their weights. */
  readonly count: number;
  /** Σ_i Σ_c ĝ ĝᵀ [d, d], or its diagonal [1, d]. */
  readonly second: Tensor;
  /** Whether `second` is the diagonal only. */
  readonly diagonal: boolean;
  /** Mean over samples per output, [c, d]; only where centering asks for it. */
  readonly means: Tensor | undefined;
  /** What the metric leaves to multiply gradients. */
  readonly left: Metric;
}

/**
 * The two weight matrices of kernel gradients for a block of samples: ∇f_c(x_i) = P (Σ_j A_ij α_jc z_j + F_ic
 * x_i) with x and z as they are and P the metric's matrix, or weighted and P what is left of it.
 */
export interface GradientWeights {
  /** A = κ_u, [b, m] */
  readonly a: Tensor;
  /** F = 2 κ_p α, [b, c]; undefined where κ_p = 0. */
  readonly f: Tensor | undefined;
}

/** Computes the weights of a block of samples; the caller owns both tensors. */
export function gradientWeights(
  backend: Backend,
  { kernel, centers, coefficients }: KernelExpansion<InnerProductKernel>,
  samples: Points,
): GradientWeights {
  using scope = new Scope(backend);
  const { ops } = scope;
  const pairs = { x: samples, z: centers };
  const a = kernelPart(ops, kernel, 'u', pairs);
  if (kernel.radial) {
    return { f: scope.keep(ops.matmul(a, coefficients, { alpha: -1 })), a: scope.keep(a) };
  }
  if (constantValue(kernel.derivatives.p) === 0) return { a: scope.keep(a), f: undefined };
  const half = ops.matmul(kernelPart(ops, kernel, 'p', pairs), coefficients);
  return { f: scope.keep(multiply(ops, half, 2, { out: half })), a: scope.keep(a) };
}

/**
 * What centering needs of the weights A of the gradients ĝ_ic = Σ_j A_ij α_jc z_j + F_ic x_i, of which a
 * block of rows passes at a time.
 *
 * Where the mean of each output is to be subtracted in the end, all rows of A are first shifted by one row,
 * the mean of the first block. That moves the gradients of an output by the same vector, which centering
 * removes, and it takes away the large common part of A: the sums of products that follow would cancel at the
 * cost of 1 to 2 digits of float32.
 */
export class WeightCentering {
  readonly #backend: Backend;
  readonly #centering: Centering;
  /** Aᵀ1, [1, m]; only where means are asked for. */
  readonly #sums: Tensor | undefined;
  #shift: Tensor | undefined;

  /** @param backend the view of a scope, which owns what this holds */
  constructor(backend: Backend, centering: Centering, centers: number, dtype: FloatDType) {
    this.#backend = backend;
    this.#centering = centering;
    this.#sums = centering === 'none' ? undefined : backend.full([1, centers], 0, dtype);
  }

  /** Shifts the rows of a block [b, m] in place where that helps, and adds them up. */
  take(rows: Tensor): void {
    if (!this.#sums) return;
    const backend = this.#backend;
    if (this.#centering === 'output') {
      this.#shift ??= backend.mean(rows, 0);
      subtract(backend, rows, this.#shift, { out: rows });
    }
    using sums = backend.sum(rows, 0);
    add(backend, this.#sums, sums, { out: this.#sums });
  }

  /**
   * Adds up all rows of a symmetric A [m, m] at once, which stay as they are.
   *
   * @returns the row that is to be subtracted from each of them, [1, m]; undefined where that does not help
   */
  takeAll(rows: Tensor): Tensor | undefined {
    if (!this.#sums) return undefined;
    const backend = this.#backend;
    const n = rows.shape[0] as number;
    // Sums along memory are faster than sums across it.
    using column = backend.sum(rows, 1);
    using sums = backend.reshape(column, [1, n]);
    if (this.#centering === 'output') {
      this.#shift = divide(backend, sums, n);
      using shifts = multiply(backend, this.#shift, n);
      subtract(backend, sums, shifts, { out: sums });
    }
    add(backend, this.#sums, sums, { out: this.#sums });
    return this.#shift;
  }

  /**
   * Means of the gradients over n samples per output, (1/n) ((α ∘ Aᵀ1)ᵀ Z + Fᵀ X): [c, d], the caller's;
   * undefined where none are asked for.
   *
   * @param z [m, d]
   * @param ownSums Fᵀ X, [c, d]; undefined where F = 0
   */
  means(z: Tensor, coefficients: Tensor, ownSums: Tensor | undefined, count: number): Tensor | undefined {
    if (!this.#sums) return undefined;
    using scope = new Scope(this.#backend);
    const { ops } = scope;
    const column = ops.reshape(this.#sums, [coefficients.shape[0] as number, 1]);
    const scaled = multiply(ops, coefficients, column);
    const sums = ops.matmul(scaled, z, { transposeA: true });
    if (ownSums) add(ops, sums, ownSums, { out: sums });
    return scope.keep(divide(ops, sums, count, { out: sums }));
  }
}
