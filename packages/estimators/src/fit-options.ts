/** Options of every `fit`. `X` and `Y` are what the estimator takes as samples and targets. */
export interface FitOptions<X, Y> {
  /**
   * Data on which the fit is judged and its best step chosen: given, or a fraction in (0, 1) of the training
   * samples held out at random (seeded; by class for classifiers). Default none: the last step is kept.
   */
  readonly validation?:
    | { readonly x: X; readonly y: Y; readonly weights?: ArrayLike<number> | undefined }
    | number;
  /**
   * How much each sample counts, from 0: like so many equal samples; only ratios matter. Default all alike.
   * Not every estimator takes them.
   */
  readonly weights?: ArrayLike<number> | undefined;
  /** Stops the fit between two steps with an `AbortedError`; the estimator stays as it was before. */
  readonly signal?: AbortSignal;
}

/**
 * How an algorithm that iterates tells how far it is. What one of these callbacks throws ends the fit, and so
 * does what its promise rejects with while the fit runs; no promise is waited for.
 */
export interface IterationEvents {
  /** Called after each iteration. */
  readonly onIteration?: (event: IterationEvent) => void;
  /** Called where the fit goes on otherwise than asked; the estimator keeps the warnings, too. */
  readonly onWarning?: (warning: FitWarning) => void;
}

/** What a {@link FitWarning} may be about. */
export const fitWarningCodes = [
  'float64',
  'float32-only',
  'ended-early',
  'far-from-zero',
  'constant',
  'ridge-left-out',
  'optimistic',
] as const;

/** Something about a fit that went on otherwise than asked, or came to nothing. */
export interface FitWarning {
  /**
   * `float64`: float32 did not suffice, and the fit began again in float64. `float32-only`: the fit asks for
   * float64, which the backend does not have: what of it is in float64 on the host is said. `ended-early`: an
   * iteration could not be fitted, and the fit ended with those before it. `far-from-zero`: the kernel sees
   * how far samples are from 0, and the dtype leaves it little else to see: they should be centered.
   * `constant`: targets differ, but predictions do not. `ridge-left-out`: of several ridges, one could not be
   * fitted in an iteration. `optimistic`: the data that choose are those of the test: its scores are too
   * good.
   */
  readonly code: (typeof fitWarningCodes)[number];
  readonly message: string;
  /** The iteration that could not be fitted, or is constant; 0 where it is about the samples. */
  readonly iteration: number;
}

/** What is told after each iteration. */
export interface IterationEvent {
  /** 0 for plain kernel regression. */
  readonly iteration: number;
  /** Index of the last iteration. */
  readonly iterations: number;
  /** Name of the validation metric, e.g. 'accuracy'. */
  readonly metric: string;
  /** Its value on the validation data; undefined without such data. */
  readonly value: number | undefined;
  /** Whether this is the best iteration so far (without validation data: the last one). */
  readonly best: boolean;
  /** Seconds since the fit began. */
  readonly seconds: number;
  /** Estimate of the seconds until it ends. */
  readonly secondsLeft: number;
}

/** One entry of the history of a fit. */
export interface IterationRecord {
  readonly iteration: number;
  readonly metric: string;
  readonly value: number | undefined;
}

/** Tells how long a fit of equal steps has taken, and how long it will. */
export class Stopwatch {
  readonly #started = performance.now();
  #lap = this.#started;

  /** @param done steps that are done, at least 1, of `total` */
  times(done: number, total: number): { readonly seconds: number; readonly secondsLeft: number } {
    const seconds = (performance.now() - this.#started) / 1000;
    return { seconds, secondsLeft: (seconds / done) * (total - done) };
  }

  /** Seconds since the last lap, or the beginning. */
  lap(): number {
    const before = this.#lap;
    this.#lap = performance.now();
    return (this.#lap - before) / 1000;
  }
}
