import {
  type Backend,
  bytesPerElement,
  checkTensor,
  floatDType,
  inspect,
  inspection,
  Scope,
  type Tensor,
  throwIfAborted,
} from '@agop/core';
import { checkFlag, checkNonNegative, checkObject } from '@agop/core/options';
import { agopOfPoints } from '../agop/agop.ts';
import { gradientRows } from '../agop/gradients.ts';
import type { AgopOptions } from '../agop/options.ts';
import { farOrigin, isOfDistances } from '../kernel-matrix/far-origin.ts';
import { fitsInMemory } from '../kernel-matrix/fits.ts';
import { kernelOfPoints } from '../kernel-matrix/kernel-matrix.ts';
import { checkNonzeros, type Nonzeros } from '../kernel-matrix/nonzeros.ts';
import {
  type KernelExpansion,
  metricOfGradients,
  type Points,
  preparePoints,
} from '../kernel-matrix/points.ts';
import { type RowBlock, rowBlocks, sampleBlocks } from '../kernel-matrix/row-blocks.ts';
import { checkKernel } from '../kernels/check.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { identityMetric, type Metric, multiplyByMetric } from '../metric/metric.ts';
import { coefficientsByMatrix, coefficientsWithoutMatrix } from '../solvers/coefficients.ts';
import { defaultSolver } from '../solvers/default-solver.ts';
import { checkSolver, type Solver } from '../solvers/solver.ts';

/** What a kernel machine consists of. The machine owns the coefficients and the origin alone. */
export interface KernelMachineParts {
  readonly backend: Backend;
  readonly kernel: Kernel;
  readonly metric: Metric;
  /** Centers z_j, [m, d]. */
  readonly centers: Tensor;
  /** Coefficients α, [m, c]. */
  readonly coefficients: Tensor;
  /** The centers' entries that are not 0, where these are few: see {@link nonzerosOf}. */
  readonly nonzeros?: Nonzeros | undefined;
  /**
   * What points and centers are counted from, [1, d], for kernels of distances, which see that by their
   * rounding alone. Default 0.
   */
  readonly origin?: Tensor | undefined;
}

/**
 * The predictor f_c(x) = Σ_j α_jc k_M(x, z_j). It owns its coefficients, its origin and what it prepares of
 * the centers; the centers and the metric stay the caller's and must outlive it.
 */
export class KernelMachine {
  readonly backend: Backend;
  readonly kernel: Kernel;
  readonly metric: Metric;
  readonly centers: Tensor;
  readonly coefficients: Tensor;
  readonly origin: Tensor | undefined;
  readonly #nonzeros: Nonzeros | undefined;
  #prepared: Points | undefined;

  constructor(parts: KernelMachineParts, prepared?: Points) {
    this.backend = parts.backend;
    this.kernel = parts.kernel;
    this.metric = parts.metric;
    this.centers = parts.centers;
    this.coefficients = parts.coefficients;
    this.origin = parts.origin;
    this.#nonzeros = checkNonzeros(parts.nonzeros, parts.centers);
    this.#prepared = prepared;
  }

  /**
   * Predictions f(x), computed in blocks of rows.
   *
   * @param x [n, d], dtype of the centers
   * @returns [n, c]
   * @throws {ShapeError} where x does not fit the centers
   * @throws {DTypeError} where x does not fit the centers
   */
  predict(x: Tensor): Tensor {
    using scope = new Scope(this.backend);
    const { ops } = scope;
    const centers = this.#points();
    const rowBytes = centers.count * bytesPerElement(this.centers.dtype);
    const ofBlock = ({ begin, end }: RowBlock): Tensor => {
      using block = new Scope(ops);
      const points = this.#prepare(block.ops, block.ops.rows(x, begin, end));
      return block.keep(this.#predictPoints(block.ops, points));
    };
    const parts =
      x === this.centers && fitsInMemory(this.backend, centers.count, floatDType(x))
        ? [this.#predictPoints(ops, centers)]
        : rowBlocks(x.shape[0] ?? 0, rowBytes).map(ofBlock);
    if (parts.length === 0)
      return this.backend.full([0, this.coefficients.shape[1] as number], 0, floatDType(this.centers));
    return scope.keep(parts.length === 1 ? (parts[0] as Tensor) : ops.concat(parts, 0));
  }

  /**
   * Predictions for prepared points at once; at the centers themselves with a symmetric kernel matrix, as in
   * the fit.
   */
  #predictPoints(backend: Backend, points: Points): Tensor {
    using k = kernelOfPoints(backend, this.kernel, points, this.#points());
    return backend.matmul(k, this.coefficients);
  }

  /**
   * Gradients of the predictions with respect to the features, in the units of the targets it was fitted to:
   * the machine of an estimator was fitted to standardized ones, and `gradients` of the estimator is in the
   * units of y.
   *
   * @param x [n, d]
   * @returns [n, c, d]
   * @throws {ShapeError} where x does not fit the centers
   * @throws {DTypeError} where x does not fit the centers
   */
  gradients(x: Tensor): Tensor {
    using scope = new Scope(this.backend);
    const { ops } = scope;
    const [n, d] = [x.shape[0] as number, x.shape[1] as number];
    const c = this.coefficients.shape[1] as number;
    const samples = this.#samplePoints(ops, x);
    const gradients = gradientRows(ops, this.#expansion());
    const left = metricOfGradients(this.metric);
    const parts = sampleBlocks(this.backend, samples, this.#points(), c * d).map((block) => {
      using inner = new Scope(ops);
      using atBlock = gradients(samples, block);
      const g = inner.own(atBlock.of({ begin: 0, end: c }));
      return inner.keep(left.kind === 'identity' ? g : multiplyByMetric(inner.ops, g, left));
    });
    if (parts.length === 0) return this.backend.full([0, c, d], 0, floatDType(this.centers));
    const all = parts.length === 1 ? (parts[0] as Tensor) : ops.concat(parts, 0);
    return scope.keep(ops.reshape(all, [n, c, d], { consume: true }));
  }

  /**
   * The average gradient outer product over samples; see {@link AgopOptions}. In the units of the targets it
   * was fitted to, like `gradients`.
   *
   * @param x samples [n, d]; default the centers
   * @returns [d, d], or [1, d] with `diagonal`
   * @throws {ShapeError} where x does not fit the centers
   * @throws {DTypeError} where x does not fit the centers
   * @throws {OptionError} for an unknown option, and for the method 'sparse' without `nonzeros`, at other
   *   points than the centers, or in a metric that transforms the features
   */
  agop(x: Tensor = this.centers, options: AgopOptions = {}): Tensor {
    using scope = new Scope(this.backend);
    const samples = this.#samplePoints(scope.ops, x);
    const isSparse = samples === this.#prepared && samples.coordinates === this.centers;
    const nonzeros = isSparse ? this.#nonzeros : undefined;
    return agopOfPoints(this.backend, this.#expansion(), samples, { ...options, nonzeros });
  }

  /** Frees the coefficients and what was prepared. */
  dispose(): void {
    this.#prepared?.dispose();
    this.#prepared = undefined;
    this.coefficients.dispose();
    this.origin?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** In a line, for Node's `console.log`. */
  [inspect](): string {
    const { kernel, metric, centers, coefficients } = this;
    const [count, features] = centers.shape;
    return inspection('KernelMachine', {
      ...{ kernel: kernel.name, metric: metric.kind, centers: count, features },
      outputs: coefficients.shape[1],
    });
  }

  #points(): Points {
    this.#prepared ??= this.#prepare(this.backend, this.centers, this.#nonzeros);
    return this.#prepared;
  }

  #expansion(): KernelExpansion {
    const { kernel, metric, coefficients } = this;
    return { kernel, metric, centers: this.#points(), coefficients };
  }

  #samplePoints(ops: Backend, x: Tensor): Points {
    return x === this.centers ? this.#points() : this.#prepare(ops, x);
  }

  #prepare(ops: Backend, x: Tensor, nonzeros?: Nonzeros): Points {
    return preparePoints(ops, this.kernel, this.metric, x, this.origin, nonzeros);
  }
}

/** What {@link fitKernelMachine} needs. */
export interface FitKernelMachineOptions {
  readonly backend: Backend;
  readonly kernel: Kernel;
  /** Default the identity. Stays the caller's and must outlive the machine. */
  readonly metric?: Metric;
  /** Training points [n, d], the centers. Stay the caller's and must outlive the machine. */
  readonly x: Tensor;
  /** Targets [n, c]. */
  readonly y: Tensor;
  /**
   * The entries of x that are not 0, where these are few: the AGOP at the centers then multiplies no others.
   * See {@link nonzerosOf}.
   */
  readonly nonzeros?: Nonzeros | undefined;
  /** λ of (K + λ I) α = y, from 0. Default 1e-3. */
  readonly ridge?: number;
  /**
   * Default `refinedCholeskySolver`, or `conjugateGradientSolver` where K does not fit the memory
   * of the backend.
   */
  readonly solver?: Solver;
  /**
   * How much each row of x counts, positive: like so many equal rows. (K + λ W⁻¹) α = y. Default all 1.
   */
  readonly weights?: ArrayLike<number> | undefined;
  /** Points are taken as they are: their columns lie around 0. Default false. */
  readonly centered?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Kernel ridge regression: α = (K + λ I)⁻¹ y. Holds K [n, n] while it solves, and frees it; iterative solvers
 * do without.
 *
 * For kernels of distances the machine counts columns that lie far from 0 from their means; see
 * {@link kernelMatrix}.
 *
 * @throws {NotPositiveDefiniteError} if K + λ I is not numerically positive definite
 * @throws {ConvergenceError} if an iterative solver does not come near enough to the solution
 * @throws {ShapeError} for tensors that do not fit each other
 * @throws {DTypeError} for dtypes that do not go together
 * @throws {OptionError} for an option out of range
 * @throws {OutOfMemoryError} where memory does not suffice
 * @throws {AbortedError} through `signal`
 */
export async function fitKernelMachine(options: FitKernelMachineOptions): Promise<KernelMachine> {
  checkKernel('kernel', checkObject('fitKernelMachine()', options).kernel);
  using origin = await originIfFar(options);
  return await fitFromOrigin(options, origin);
}

/** What {@link farOrigin} finds, where that is not 0 and shall count. */
export async function originIfFar(
  options: Pick<FitKernelMachineOptions, 'backend' | 'kernel' | 'x' | 'nonzeros' | 'centered'>,
): Promise<Tensor | undefined> {
  const { backend, kernel, x, nonzeros } = options;
  checkTensor('x', x);
  const centered = checkFlag('centered', options.centered ?? false);
  // What is 0 shall stay 0 where that is made use of.
  if (centered || nonzeros || !isOfDistances(kernel) || x.shape[0] === 0) return undefined;
  using scope = new Scope(backend);
  const origin = farOrigin(scope.ops, x);
  return (await origin.read()).some((value) => value !== 0) ? scope.keep(origin) : undefined;
}

/** {@link fitKernelMachine} with points counted from an origin, which stays the caller's. */
export async function fitFromOrigin(
  options: FitKernelMachineOptions,
  origin: Tensor | undefined,
): Promise<KernelMachine> {
  const {
    backend,
    kernel,
    x,
    y,
    nonzeros,
    metric = identityMetric,
    solver = defaultSolver(),
    weights,
    signal,
  } = options;
  const ridge = checkNonNegative('ridge', options.ridge ?? 1e-3);
  checkKernel('kernel', kernel);
  checkSolver(solver);
  checkNonzeros(nonzeros, x);
  checkTensor('x', x);
  checkTensor('y', y);
  throwIfAborted(signal, 'Fitting a kernel machine');
  const points = preparePoints(backend, kernel, metric, x, origin, nonzeros);
  try {
    const fit = { backend, kernel, points, targets: y, ridge, weights, signal };
    const coefficients = solver.isImplicit?.(backend, points.count, floatDType(x))
      ? await coefficientsWithoutMatrix(solver, fit)
      : await coefficientsByMatrix(solver, fit);
    const own = origin && backend.clone(origin);
    const parts = { backend, kernel, metric, centers: x, coefficients, nonzeros, origin: own };
    return new KernelMachine(parts, points);
  } catch (error) {
    points.dispose();
    throw error;
  }
}
