/**
 * Where jobs of a fit run: in this process, in workers ({@link workerExecutor}), or anywhere else, such as a
 * queue. A job is plain data, and so is its result; what comes out does not depend on where it ran.
 *
 * @typeParam Job what a worker is asked
 * @typeParam Result what it answers
 */
export interface Executor<Job, Result> {
  /** How many jobs run at a time. */
  readonly size: number;
  /**
   * Runs a job; jobs beyond `size` wait their turn.
   *
   * @throws {AbortedError} through `signal`
   * @throws what the job throws
   */
  run(job: Job, signal?: AbortSignal | undefined): Promise<Result>;
}
