/** What is told after each fit of the loop. */
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

/** Options of `fit`. `Y` is what the estimator takes as targets. */
export interface FitOptions<X, Y> {
  /**
   * Data on which the best iteration is chosen: given, or a fraction in (0, 1) of the training rows held out at random (seeded; by class
   * for classifiers). Default none: the last iteration is kept.
   */
  readonly validation?: { readonly x: X; readonly y: Y } | number;
  /** Called after each iteration. */
  readonly onIteration?: (event: IterationEvent) => void;
  /** Stops the fit between two iterations with an {@link AbortedError}; the estimator stays as it was before. */
  readonly signal?: AbortSignal;
}

/** One entry of the history of a fit. */
export interface IterationRecord {
  readonly iteration: number;
  readonly metric: string;
  readonly value: number | undefined;
}
