import { type Backend, type BackendPool, WorkerError } from '@agop/core';
import type { Executor } from '@agop/estimators';
import { type FittedLeaf, fitLeaf, type LeafExecutor, type LeafJob } from '../leaf/fit-leaf.ts';
import { type CandidateFits, type CandidateJob, fitCandidate } from '../tuner/candidate-fit.ts';
import type { TrialExecutor } from '../tuner/judge.ts';

/** What workers are asked for a table: to judge a candidate on one division of the rows, or to fit a leaf. */
export type TabularJob =
  | { readonly kind: 'trial'; readonly trial: CandidateJob }
  | { readonly kind: 'leaf'; readonly leaf: LeafJob };

/** What they answer. */
export type TabularResult =
  | { readonly kind: 'trial'; readonly fits: CandidateFits }
  | { readonly kind: 'leaf'; readonly leaf: FittedLeaf };

/** Where the trials and leaves of a table are fitted. */
export type TabularExecutor = Executor<TabularJob, TabularResult>;

/**
 * Does a job on a backend, and leaves nothing there.
 *
 * @throws {NotPositiveDefiniteError} if a kernel matrix plus ridge is not numerically positive definite
 * @throws {DegenerateMetricError} if an AGOP cannot be the next metric
 * @throws {OutOfMemoryError} where the memory of the backend does not suffice
 * @throws {AbortedError} through `signal`
 */
export async function runTabularJob(
  backend: Backend,
  job: TabularJob,
  signal?: AbortSignal,
): Promise<TabularResult> {
  return job.kind === 'trial'
    ? { kind: 'trial', fits: await fitCandidate(backend, job.trial, signal) }
    : { kind: 'leaf', leaf: await fitLeaf(backend, job.leaf, { signal }) };
}

/**
 * Trials and leaves on the backends of a pool: each is fitted on the next one that is free, as on several
 * GPUs. The pool stays the caller's. What comes out is what the backend of the job computes; with backends of
 * one kind it does not depend on their number.
 *
 * @example
 * using pool = await createGpuPool();
 * using model = new TabularRegressor({ backend: pool.backends[0], executor: tabularOnPool(pool) });
 */
export function tabularOnPool(pool: Pick<BackendPool, 'size' | 'run'>): TabularExecutor {
  return {
    size: pool.size,
    run: (job, signal) => pool.run((backend) => runTabularJob(backend, job, signal)),
  };
}

/** The leaves of an executor, for `tabularSettings`. @throws {WorkerError} for results of another kind */
export function leavesOn(executor: TabularExecutor): LeafExecutor {
  return {
    size: executor.size,
    async run(leaf, signal) {
      const result = await executor.run({ kind: 'leaf', leaf }, signal);
      if (result.kind !== 'leaf') throw mixedUp();
      return result.leaf;
    },
  };
}

/** The trials of an executor. @throws {WorkerError} for results of another kind */
export function trialsOn(executor: TabularExecutor): TrialExecutor {
  return {
    size: executor.size,
    async run(trial, signal) {
      const result = await executor.run({ kind: 'trial', trial }, signal);
      if (result.kind !== 'trial') throw mixedUp();
      return result.fits;
    },
  };
}

function mixedUp(): WorkerError {
  return new WorkerError('The executor answered a job with the result of another kind: see `runTabularJob`.');
}
