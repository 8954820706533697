import { type Backend, subkey, type Tensor } from '@agop/core';
import {
  checkChoice,
  checkMembers,
  checkNonNegative,
  checkObject,
  checkSteps,
  checkWhole,
} from '@agop/core/options';
import { type Centering, type CenteringOptions, resolveCentering } from '../agop/options.ts';
import { medianDistance } from '../kernel-matrix/median-distance.ts';
import type { Nonzeros } from '../kernel-matrix/nonzeros.ts';
import { subsetIndices, subsetRows } from '../kernel-matrix/subset-rows.ts';
import { scaleBandwidth } from '../kernels/bandwidth.ts';
import { checkKernel } from '../kernels/check.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { fitFromOrigin, type KernelMachine, originIfFar } from '../machine/kernel-machine.ts';
import { disposeMetric, identityMetric, type Metric } from '../metric/metric.ts';
import {
  type MetricUpdateOptions,
  nextMetric,
  type ResolvedMetricUpdate,
  resolveMetricUpdate,
} from '../metric/update.ts';
import { defaultSolver } from '../solvers/default-solver.ts';
import { checkSolver, type Solver } from '../solvers/solver.ts';
import { type FeatureLearningStep, featureLearning } from './feature-learning.ts';

/** The choices in which the published Recursive Feature Machines differ; see `presets`. */
export interface RecursionOptions extends MetricUpdateOptions, CenteringOptions {
  /**
   * Metric updates after the first fit, from 0 (plain kernel regression). There is one fit more than updates.
   * Default 5.
   */
  readonly iterations?: number;
  /** λ of kernel ridge regression, from 0. Default 1e-3. */
  readonly ridge?: number;
  /**
   * λ of the fits whose AGOPs become metrics, by iteration, where it is not `ridge`; the last fit always has
   * `ridge`. A smooth fit may learn the better metric, a less smooth one predict better in it. Default none.
   */
  readonly learningRidges?: readonly number[] | undefined;
  /**
   * Largest number of training points that the AGOP averages over; a random subset where there are more.
   * Default all.
   */
  readonly agopSamples?: number | undefined;
  /** Seed of the subset, and of the points whose distances are measured. Default 0. */
  readonly seed?: number;
  /**
   * `adaptive`: the kernel's bandwidth counts in median distances between training points, measured in the
   * metric of each iteration. Default 'constant'.
   */
  readonly bandwidthMode?: BandwidthMode;
  /**
   * One for all fits. Default `refinedCholeskySolver`, or `conjugateGradientSolver` where the
   * kernel matrix does not fit the memory of the backend.
   */
  readonly solver?: Solver | undefined;
}

/** Whether a kernel's bandwidth is taken as it is, or in units of the median distance between points. */
export type BandwidthMode = 'constant' | 'adaptive';

/** What {@link recursiveFeatureMachine} needs. The tensors stay the caller's and must outlive the loop. */
export interface RecursiveFeatureMachineOptions extends RecursionOptions {
  readonly backend: Backend;
  readonly kernel: Kernel;
  /** Training points [n, d]. */
  readonly x: Tensor;
  /** Targets [n, c]. */
  readonly y: Tensor;
  /**
   * The entries of x that are not 0, where these are few (one-hot codes): the AGOP then multiplies no others.
   * See {@link nonzerosOf}.
   */
  readonly nonzeros?: Nonzeros | undefined;
  /**
   * How much each training point counts in fits and AGOPs, positive: like so many equal points, [n]. Default
   * all 1.
   */
  readonly weights?: ArrayLike<number> | undefined;
  /**
   * Points are taken as they are, which is right where their columns lie around 0. Default false: with
   * kernels of distances, columns whose mean is more than 4 standard deviations from 0 are counted from it.
   */
  readonly centered?: boolean;
  /** Metric of the first fit, which stays the caller's. Default the identity. */
  readonly initialMetric?: Metric | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One fit of a Recursive Feature Machine; the AGOP is taken at the training points, [d, d] or [1, d]. */
export type RFMStep = FeatureLearningStep<KernelMachine, Metric>;

/**
 * The Recursive Feature Machine as a loop that one can watch: fit kernel ridge regression in the metric M,
 * average the outer products of the predictor's gradients (AGOP), make that the next metric, repeat. Yields
 * after each fit.
 *
 * Between iterations the event loop gets a turn. Leaving the loop early frees everything that was not taken.
 *
 * A kernel of distances does not see where the origin of the points is, but its rounding does: columns that
 * lie far from 0 are counted from their means. What digits of the differences the tensor itself has lost are
 * lost: where that matters, subtract means in float64 before points become tensors, as the estimators do.
 * Kernels of inner products see the origin, and far from 0 they see little else: center points for them.
 *
 * Source: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881), algorithm 1.
 *
 * @throws {OptionError} for an option out of range
 * @throws {ShapeError} for points, targets or a metric that do not fit each other
 * @throws {DTypeError} for points and targets of different dtypes
 * @throws {NotPositiveDefiniteError} if a kernel matrix plus ridge is not numerically positive definite
 * @throws {DegenerateMetricError} if an AGOP is 0 or not finite, so that it cannot be the next metric
 * @throws {ConvergenceError} if the eigenvalues of an AGOP do not converge
 * @throws {AbortedError} through `signal`
 *
 * @example
 * for await (const step of recursiveFeatureMachine({ backend, kernel: laplace({ bandwidth: 10 }), x, y })) {
 *   using predictions = step.machine.predict(xTest);
 *   console.log(step.iteration, await predictions.read());
 * }
 */
export async function* recursiveFeatureMachine(
  options: RecursiveFeatureMachineOptions,
): AsyncGenerator<RFMStep, void, undefined> {
  const { backend, kernel, x, y, nonzeros, weights, signal } = checkObject(
    'recursiveFeatureMachine()',
    options,
  );
  const { iterations, ridge, learningRidges, solver, update, centering, agopSamples, seed, bandwidthMode } =
    resolveRecursion(options);
  const kernelIn = async (metric: Metric, iteration: number): Promise<Kernel> => {
    if (bandwidthMode === 'constant') return kernel;
    const key = subkey(seed, 'median-distance', iteration);
    const median = await medianDistance(backend, kernel, metric, x, key);
    // Where all points coincide, the bandwidth stays as it is.
    return scaleBandwidth(kernel, median || 1);
  };
  checkKernel('kernel', kernel);
  using origin = await originIfFar(options);
  yield* featureLearning<KernelMachine, Metric>({
    iterations,
    signal,
    initialMetric: options.initialMetric ?? identityMetric,
    fit: async (metric, iteration) => {
      const adapted = await kernelIn(metric, iteration);
      const own = iteration < iterations ? (learningRidges[iteration] ?? ridge) : ridge;
      const parts = { backend, kernel: adapted, metric, x, y, nonzeros, ridge: own, solver, weights, signal };
      return fitFromOrigin(parts, origin);
    },
    agop(machine, iteration) {
      const key = subkey(seed, 'agop-subset', iteration);
      using subset = subsetRows(backend, x, agopSamples, key);
      const chosen = subset && subsetIndices(x.shape[0] as number, agopSamples, key);
      const counted =
        chosen && weights ? Float64Array.from(chosen, (row) => weights[row] as number) : weights;
      return machine.agop(subset ?? x, { centering, diagonal: update.diagonal, weights: counted });
    },
    next: (agop) => nextMetric(backend, agop, update),
    release: disposeMetric,
  });
}

/** {@link RecursionOptions} with the defaults filled in. */
interface ResolvedRecursion {
  readonly iterations: number;
  readonly ridge: number;
  readonly learningRidges: readonly number[];
  readonly solver: Solver;
  readonly update: ResolvedMetricUpdate;
  readonly centering: Centering;
  /** Infinity for all. */
  readonly agopSamples: number;
  readonly seed: number;
  readonly bandwidthMode: BandwidthMode;
}

/** @throws {OptionError} for anything but numbers from 0 */
export function checkLearningRidges(ridges: readonly number[]): readonly number[] {
  checkMembers('the recursion', { learningRidges: ridges }, { learningRidges: 'numbers' });
  return Array.from(ridges, (value) => checkNonNegative('learningRidges', value));
}

function resolveRecursion(options: RecursionOptions): ResolvedRecursion {
  const { agopSamples } = options;
  return {
    iterations: checkSteps('iterations', options.iterations ?? 5, 0),
    ridge: checkNonNegative('ridge', options.ridge ?? 1e-3),
    learningRidges: checkLearningRidges(options.learningRidges ?? []),
    solver: checkSolver(options.solver) ?? defaultSolver(),
    update: resolveMetricUpdate(options),
    centering: resolveCentering(options),
    agopSamples:
      agopSamples === undefined ? Number.POSITIVE_INFINITY : checkWhole('agopSamples', agopSamples, 1),
    bandwidthMode: checkChoice('bandwidthMode', options.bandwidthMode ?? 'constant', [
      'constant',
      'adaptive',
    ]),
    seed: checkWhole('seed', options.seed ?? 0, 0),
  };
}
