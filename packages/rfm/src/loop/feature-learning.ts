import { eventLoopTurn, type Tensor, throwIfAborted } from '@agop/core';

/** The parts of {@link featureLearning}: what a machine and a metric are, and how one leads to the other. */
export interface FeatureLearning<Machine extends { dispose(): void }, Metric> {
  /** Metric updates after the first fit, from 0: there is one fit more than updates. */
  readonly iterations: number;
  /** The metric of the first fit, which stays the caller's. */
  readonly initialMetric: Metric;
  readonly signal?: AbortSignal | undefined;
  /** Fits a predictor in a metric. The loop owns it. */
  fit(metric: Metric, iteration: number): Promise<Machine>;
  /** The average gradient outer product of a predictor. The loop owns it. */
  agop(machine: Machine, iteration: number): Tensor | Promise<Tensor>;
  /** The metric that follows from an AGOP, which stays the loop's. The loop owns the result. */
  next(agop: Tensor, iteration: number): Promise<Metric>;
  /** Frees a metric that `next` made. */
  release(metric: Metric): void;
}

/** One fit of the loop. Valid until the loop advances, except for what was taken. */
export interface FeatureLearningStep<Machine, Metric> {
  /** 0 for the fit in the initial metric. */
  readonly iteration: number;
  readonly machine: Machine;
  /** The metric of this fit. */
  readonly metric: Metric;
  /** The AGOP of the machine: computed once, owned by the loop. */
  agop(): Promise<Tensor>;
  /** The metric after this fit: computed once, owned by the loop. */
  nextMetric(): Promise<Metric>;
  /** Hands machine and metric over to the caller, who frees them: they survive the step. */
  take(): { readonly machine: Machine; readonly metric: Metric };
  /** Hands the metric alone over. */
  takeMetric(): Metric;
}

/**
 * The loop of feature learning: fit a predictor in a metric, average the outer products of its gradients
 * (AGOP), make that the next metric, repeat. Yields after each fit. What a step is asked for is computed
 * then, and the loop itself asks for the next metric only where a further fit follows.
 *
 * Between iterations the event loop gets a turn. Leaving the loop early frees everything that was not taken.
 *
 * Source: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881), algorithm 1.
 *
 * @throws {AbortedError} through `signal`
 * @throws what the parts throw
 */
export async function* featureLearning<Machine extends { dispose(): void }, Metric>(
  parts: FeatureLearning<Machine, Metric>,
): AsyncGenerator<FeatureLearningStep<Machine, Metric>, void, undefined> {
  let metric = parts.initialMetric;
  let ownsMetric = false;
  try {
    for (let iteration = 0; iteration <= parts.iterations; iteration++) {
      await eventLoopTurn();
      const machine = await parts.fit(metric, iteration);
      const step = new Step(parts, iteration, machine, metric, ownsMetric);
      ownsMetric = false; // the step does
      try {
        yield step;
        if (iteration < parts.iterations) {
          throwIfAborted(parts.signal, 'The fit');
          metric = await step.takeNextMetric();
          ownsMetric = true;
        }
      } finally {
        await step.dispose();
      }
    }
  } finally {
    if (ownsMetric) parts.release(metric);
  }
}

class Step<Machine extends { dispose(): void }, Metric> implements FeatureLearningStep<Machine, Metric> {
  readonly iteration: number;
  readonly machine: Machine;
  readonly metric: Metric;
  readonly #agop: Lazy<Tensor>;
  readonly #next: Lazy<Metric>;
  readonly #release: (metric: Metric) => void;
  #ownsMachine = true;
  #ownsMetric: boolean;

  constructor(
    parts: FeatureLearning<Machine, Metric>,
    iteration: number,
    machine: Machine,
    metric: Metric,
    ownsMetric: boolean,
  ) {
    this.iteration = iteration;
    this.machine = machine;
    this.metric = metric;
    this.#ownsMetric = ownsMetric;
    this.#release = (made) => parts.release(made);
    this.#agop = new Lazy(
      () => parts.agop(machine, iteration),
      (agop) => agop.dispose(),
    );
    this.#next = new Lazy(async () => parts.next(await this.#agop.get(), iteration), this.#release);
  }

  agop(): Promise<Tensor> {
    return this.#agop.get();
  }

  nextMetric(): Promise<Metric> {
    return this.#next.get();
  }

  take(): { readonly machine: Machine; readonly metric: Metric } {
    this.#ownsMachine = false;
    return { machine: this.machine, metric: this.takeMetric() };
  }

  takeMetric(): Metric {
    this.#ownsMetric = false;
    return this.metric;
  }

  takeNextMetric(): Promise<Metric> {
    return this.#next.take();
  }

  async dispose(): Promise<void> {
    await this.#next.dispose();
    await this.#agop.dispose();
    if (this.#ownsMachine) this.machine.dispose();
    if (this.#ownsMetric) this.#release(this.metric);
  }
}

/** A value that is computed when it is first asked for, once, and freed here unless somebody takes it. */
export class Lazy<T> {
  readonly #compute: () => T | Promise<T>;
  readonly #release: (value: T) => void | Promise<void>;
  #value: Promise<T> | undefined;
  #taken = false;

  constructor(compute: () => T | Promise<T>, release: (value: T) => void | Promise<void>) {
    this.#compute = compute;
    this.#release = release;
  }

  /** Whether it was asked for. */
  get started(): boolean {
    return this.#value !== undefined;
  }

  /** The value, which stays owned here. */
  get(): Promise<T> {
    this.#value ??= Promise.resolve().then(this.#compute);
    return this.#value;
  }

  /** The value, which is the caller's from now on. */
  async take(): Promise<T> {
    const value = await this.get();
    this.#taken = true;
    return value;
  }

  /** Frees the value, also one that is still being computed. */
  async dispose(): Promise<void> {
    if (!this.#value || this.#taken) return;
    // A computation that failed has left nothing to free, and its error has reached whoever asked for it.
    const settled = await this.#value.then(
      (value) => ({ value }),
      () => undefined,
    );
    if (settled) await this.#release(settled.value);
  }
}
