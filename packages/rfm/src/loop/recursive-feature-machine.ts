import { type Backend, randomPermutation, type Tensor, throwIfAborted } from '@agop/core';
import { checkChoice, checkWhole } from '@agop/core/options';
import type { Centring } from '../agop/options.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { fitKernelMachine, type KernelMachine } from '../machine/kernel-machine.ts';
import type { Nonzeros } from '../machine/nonzeros.ts';
import { disposeMetric, identityMetric, type Metric } from '../metric/metric.ts';
import { refinedCholeskySolver } from '../solvers/refined-cholesky.ts';
import type { Solver } from '../solvers/solver.ts';
import { type MetricUpdateOptions, metricUpdate, nextMetric } from './update.ts';

/** The choices in which the published Recursive Feature Machines differ; see `presets`. */
export interface RecursionOptions extends MetricUpdateOptions {
  /** Metric updates after the first fit, from 0 (plain kernel regression). There is one fit more than updates. Default 5. */
  readonly iterations?: number;
  /** λ of kernel ridge regression, from 0. Default 1e-3. */
  readonly ridge?: number;
  /** Learn one weight per feature instead of a matrix. Default false. */
  readonly diagonal?: boolean;
  /** Mean subtracted from the gradients. Default 'none'. */
  readonly centring?: Centring;
  /** Largest number of training points that the AGOP averages over; a random subset where there are more. Default all. */
  readonly agopSamples?: number;
  /** Seed of the subset. Default 0. */
  readonly seed?: number;
  /** Default {@link refinedCholeskySolver}, one for all fits. */
  readonly solver?: Solver;
}

/** What {@link recursiveFeatureMachine} needs. The tensors stay the caller's and must outlive the loop. */
export interface RecursiveFeatureMachineOptions extends RecursionOptions {
  readonly backend: Backend;
  readonly kernel: Kernel;
  /** Training points [n, d]. */
  readonly x: Tensor;
  /** Targets [n, c]. */
  readonly y: Tensor;
  /** The entries of x that are not 0, where these are few (one-hot codes): the AGOP then multiplies no others. See {@link nonzerosOf}. */
  readonly nonzeros?: Nonzeros;
  /** Metric of the first fit, which stays the caller's. Default the identity. */
  readonly initialMetric?: Metric;
  readonly signal?: AbortSignal;
}

/** One fit of a Recursive Feature Machine. Valid until the loop advances, except for what was taken. */
export interface RFMStep {
  /** 0 for the fit in the initial metric. */
  readonly iteration: number;
  readonly machine: KernelMachine;
  /** The metric of this fit. */
  readonly metric: Metric;
  /** The AGOP at the training points, [d, d] or [1, d]: computed once, owned by the loop. */
  agop(): Promise<Tensor>;
  /** The metric after this fit: computed once, owned by the loop. */
  nextMetric(): Promise<Metric>;
  /** Hands machine and metric over to the caller, who frees them: they survive the step. */
  take(): { readonly machine: KernelMachine; readonly metric: Metric };
}

/**
 * The Recursive Feature Machine as a loop that one can watch: fit kernel ridge regression in the metric M, average the outer products
 * of the predictor's gradients (AGOP), make that the next metric, repeat. Yields after each fit.
 *
 * Between iterations the event loop gets a turn. Leaving the loop early frees everything that was not taken.
 *
 * Source: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881), algorithm 1.
 *
 * @throws {OptionError} {ShapeError} {DTypeError}
 * @throws {NotPositiveDefiniteError} if a kernel matrix plus ridge is not numerically positive definite
 * @throws {ConvergenceError} if an AGOP that is to have a power other than 1 is not finite
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
  const { backend, x, signal } = options;
  const iterations = checkWhole('iterations', options.iterations ?? 5, 0);
  const centring = checkChoice('centring', options.centring ?? 'none', ['none', 'output', 'pooled']);
  const diagonal = options.diagonal ?? false;
  const update = metricUpdate(options);
  const solver = options.solver ?? refinedCholeskySolver();

  let metric = options.initialMetric ?? identityMetric;
  let ownsMetric = false;
  try {
    for (let iteration = 0; iteration <= iterations; iteration++) {
      await eventLoopTurn();
      const machine = await fitInMetric({ ...options, solver }, metric);
      const step = new LoopStep(iteration, machine, ownsMetric, {
        agop: () => {
          const subset = agopPoints(options, iteration);
          try {
            return machine.agop(subset ?? x, { centring, diagonal });
          } finally {
            subset?.dispose();
          }
        },
        metric: (agop) => nextMetric(backend, agop, diagonal, update),
      });
      ownsMetric = false; // the step does
      try {
        yield step;
        if (iteration < iterations) {
          throwIfAborted(signal, 'The fit');
          metric = await step.handOverNextMetric();
          ownsMetric = true;
        }
      } finally {
        await step.dispose();
      }
    }
  } finally {
    if (ownsMetric) disposeMetric(metric);
  }
}

function fitInMetric(options: RecursiveFeatureMachineOptions, metric: Metric): Promise<KernelMachine> {
  const { backend, kernel, x, y, nonzeros, ridge, solver, signal } = options;
  return fitKernelMachine({
    backend,
    kernel,
    metric,
    x,
    y,
    ...(nonzeros && { nonzeros }),
    ...(ridge !== undefined && { ridge }),
    ...(solver && { solver }),
    ...(signal && { signal }),
  });
}

/** How a step computes what is asked of it. */
interface StepComputations {
  agop(): Tensor;
  metric(agop: Tensor): Promise<Metric>;
}

class LoopStep implements RFMStep {
  readonly iteration: number;
  readonly machine: KernelMachine;
  readonly #compute: StepComputations;
  #ownsMetric: boolean;
  #ownsMachine = true;
  #ownsNext = true;
  #agop: Promise<Tensor> | undefined;
  #next: Promise<Metric> | undefined;

  constructor(iteration: number, machine: KernelMachine, ownsMetric: boolean, compute: StepComputations) {
    this.iteration = iteration;
    this.machine = machine;
    this.#ownsMetric = ownsMetric;
    this.#compute = compute;
  }

  get metric(): Metric {
    return this.machine.metric;
  }

  agop(): Promise<Tensor> {
    this.#agop ??= Promise.resolve().then(() => this.#compute.agop());
    return this.#agop;
  }

  nextMetric(): Promise<Metric> {
    this.#next ??= this.agop().then((agop) => this.#compute.metric(agop));
    return this.#next;
  }

  async handOverNextMetric(): Promise<Metric> {
    const next = await this.nextMetric();
    this.#ownsNext = false;
    return next;
  }

  take(): { readonly machine: KernelMachine; readonly metric: Metric } {
    this.#ownsMachine = false;
    this.#ownsMetric = false;
    return { machine: this.machine, metric: this.metric };
  }

  async dispose(): Promise<void> {
    // A computation that failed has left nothing to free, and its error has reached whoever asked for it.
    const agop = await this.#agop?.catch(() => undefined);
    agop?.dispose();
    const next = this.#ownsNext ? await this.#next?.catch(() => undefined) : undefined;
    if (next) disposeMetric(next);
    if (this.#ownsMachine) this.machine.dispose();
    if (this.#ownsMetric) disposeMetric(this.metric);
  }
}

/** A random subset of the training points for the AGOP, or undefined for all of them. */
function agopPoints(options: RecursiveFeatureMachineOptions, iteration: number): Tensor | undefined {
  const { backend, x, agopSamples, seed = 0 } = options;
  const n = x.shape[0] as number;
  if (agopSamples === undefined || n <= checkWhole('agopSamples', agopSamples, 1)) return undefined;
  const chosen = randomPermutation(n, { seed, stream: iteration }).slice(0, agopSamples).sort();
  using indices = backend.tensor(chosen, [agopSamples], 'int32');
  return backend.gather(x, indices);
}

/** Lets timers, input and signals be handled. Browsers have no setImmediate, and a timer there waits a little longer. */
function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
