/** What is asked of an estimator that is served: that it can be freed. */
export interface ServedEstimator {
  dispose(): void;
}

/** Whether something can be served. */
export function isServed(value: unknown): value is ServedEstimator {
  return (
    typeof value === 'object' && value !== null && 'dispose' in value && typeof value.dispose === 'function'
  );
}

/** By name, what makes a model in the worker: a new estimator, or one from a file. */
export type Makers = Readonly<
  Record<string, (...args: never[]) => ServedEstimator | Promise<ServedEstimator>>
>;

/** What a worker serves. Its type tells the other side what it can ask for: see `ModelWorker`. */
export interface ServedModels<M extends Makers = Makers> {
  /** Those of the set-up, once it has ended; never, where it has failed. */
  readonly makers: Promise<M>;
}
