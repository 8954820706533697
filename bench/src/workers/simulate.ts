/** What one job costs those of whom there is only one, in seconds. */
export interface SharedCosts {
  /** Of the driver: to encode it, and to read its result. */
  readonly driver: number;
  /** Of Redis. */
  readonly redis: number;
  /** From the end of a job to the begin of the next one on the same worker, all waits included. */
  readonly turn: number;
}

/** What a simulated run did. */
export interface SimulatedRun {
  readonly workers: number;
  /** Seconds from its begin to its end. */
  readonly seconds: number;
  /** Seconds of all jobs, one after the other, over those of the run. */
  readonly speedUp: number;
  /** Share of the time of the workers in which they compute. */
  readonly busy: number;
  /** What it waited for in the end: the driver, Redis, or the last of its jobs. */
  readonly limit: 'workers' | 'driver' | 'redis' | 'tail';
}

/**
 * A run of jobs on workers, event by event: a driver encodes jobs one after the other, Redis hands them out
 * one after the other, and each goes to the worker that is free first.
 *
 * @param jobs seconds of each job, in the order of the queue
 */
export function simulate(jobs: readonly number[], workers: number, costs: SharedCosts): SimulatedRun {
  const free = new Float64Array(workers);
  let [driver, redis, end, work] = [0, 0, 0, 0];
  let lastBegin = 0;
  for (const seconds of jobs) {
    driver += costs.driver;
    redis = Math.max(redis, driver) + costs.redis;
    const at = firstFree(free);
    const begin = Math.max(redis, free[at] as number) + costs.turn;
    lastBegin = Math.max(lastBegin, begin);
    free[at] = begin + seconds;
    end = Math.max(end, free[at] as number);
    work += seconds;
  }
  const busy = work / (end * workers);
  return { workers, seconds: end, speedUp: work / end, busy, limit: limitOf() };

  function limitOf(): SimulatedRun['limit'] {
    if (busy > 0.9) return 'workers';
    // From the begin of the last job on, workers have nothing more to take.
    if (end - lastBegin > (end * (1 - busy)) / 2) return 'tail';
    return costs.driver > costs.redis ? 'driver' : 'redis';
  }
}

function firstFree(free: Float64Array): number {
  let at = 0;
  for (let i = 1; i < free.length; i++) if ((free[i] as number) < (free[at] as number)) at = i;
  return at;
}

/** Many jobs with the times of few that were measured, in turn. */
export function likeMeasured(measured: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, at) => measured[(at * 7919) % measured.length] as number);
}
