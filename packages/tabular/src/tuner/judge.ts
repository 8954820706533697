import { AgopError, type AgopErrorCode, formatBytes } from '@agop/core';
import { type Executor, type Holdout, runAll } from '@agop/estimators';
import { LeafColumns } from '../leaf/codes.ts';
import type { Candidate, FitChoice } from './candidate.ts';
import type { CandidateFits, CandidateJob } from './candidate-fit.ts';
import { candidateMemory } from './candidate-memory.ts';
import { lossOf } from './comparison.ts';
import type { Problem } from './problem.ts';

/** A fit of a candidate with its predictions for all rows that were held out. */
export interface JudgedChoice {
  readonly choice: FitChoice;
  /** Smaller is better. */
  readonly loss: number;
  /** [held rows, outputs], in the order of {@link Verdict.rows}. */
  readonly predictions: Float32Array<ArrayBuffer>;
}

/** What was found out about a candidate. */
export interface Verdict {
  /** The best fits, the best one first; none where the candidate could not be fitted. */
  readonly choices: readonly JudgedChoice[];
  /** Rows that were held out, division by division. */
  readonly rows: Int32Array;
  readonly seconds: number;
  /** Why the candidate could not be fitted. */
  readonly failure?: string | undefined;
}

/** Where candidates are fitted on divisions: jobs are plain data where the score is a name. */
export type TrialExecutor = Executor<CandidateJob, CandidateFits>;

/** How candidates are judged. */
export interface JudgeContext {
  readonly executor: TrialExecutor;
  readonly problem: Problem;
  readonly seed: number;
  /** Fits of each candidate that are kept, with their predictions. */
  readonly kept: number;
  /** Most bytes that the fits on one division may take on their backend; undefined: any. */
  readonly memory: number | undefined;
  /** See {@link CandidateJob}. */
  readonly deadline: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Judges a candidate on divisions of the rows: all of its fits, each by its predictions for all held-out rows
 * together. The ridges that metrics are learned with are chosen on the first division; the others follow, as
 * many at a time as the executor takes.
 *
 * @param divisions one or more; without held-out rows each row is left out alone
 * @throws {AbortedError} through `signal`
 */
export async function judgeCandidate(
  { executor, problem, seed, kept, memory, deadline, signal }: JudgeContext,
  candidate: Candidate,
  divisions: readonly Holdout[],
): Promise<Verdict> {
  const started = performance.now();
  const rows = Int32Array.from(divisions.flatMap(({ held }) => Array.from(held)));
  const jobOf = ({ training, held }: Holdout, learningRidges?: readonly number[]): CandidateJob => {
    const isAlone = training === held;
    const {
      x,
      held: heldX,
      codes,
      targets,
      scales,
    } = problem.prepare(candidate, training, isAlone ? undefined : held);
    return {
      candidate,
      x,
      held: heldX,
      codes,
      targets,
      outputs: problem.outputs,
      weights: weightsOf(problem, training),
      comparison: problem.comparison(held),
      scales,
      learningRidges,
      seed,
      deadline,
    };
  };
  try {
    const [opening, ...others] = divisions as [Holdout, ...Holdout[]];
    const job = jobOf(opening);
    const failure = memory === undefined ? undefined : beyondMemory(job, memory);
    if (failure !== undefined) return { choices: [], rows, seconds: secondsSince(started), failure };
    const first = await executor.run(job, signal);
    const { learningRidges } = first;
    const further = await runAll(
      executor,
      others.length,
      (at) => jobOf(others[at] as Holdout, learningRidges),
      { what: 'The search', signal },
    );
    const comparison = problem.comparison(rows);
    const choices = choicesOf([first, ...further])
      .map(({ choice, predictions }) => ({ choice, predictions, loss: lossOf(comparison, predictions) }))
      .filter(({ loss }) => !Number.isNaN(loss))
      .toSorted((a, b) => a.loss - b.loss)
      .slice(0, kept);
    return { choices, rows, seconds: secondsSince(started) };
  } catch (error) {
    if (!isOfCandidate(error)) throw error;
    return { choices: [], rows, seconds: secondsSince(started), failure: error.message };
  }
}

/** The fits that there are on all divisions, with their predictions for all held-out rows. */
function choicesOf(divisions: readonly CandidateFits[]): Pick<JudgedChoice, 'choice' | 'predictions'>[] {
  const [first, ...others] = divisions;
  if (!first) return [];
  const { learningRidges } = first;
  return first.fits.flatMap(({ iteration, ridge, predictions }) => {
    const same = others.map(({ fits }) =>
      fits.find((one) => one.iteration === iteration && one.ridge === ridge),
    );
    const parts = same.flatMap((one) => (one ? [one.predictions] : []));
    if (parts.length < others.length) return [];
    const choice = { iteration, ridge, learningRidges: learningRidges.slice(0, iteration) };
    return [{ choice, predictions: joined([predictions, ...parts]) }];
  });
}

/** Why a job takes more memory than it may; undefined where it does not. */
function beyondMemory({ x, held, codes, outputs }: CandidateJob, memory: number): string | undefined {
  const features = LeafColumns.of(x, codes).width;
  const sizes = { rows: x.rows, held: held?.rows ?? 0, features, outputs };
  const needed = candidateMemory(sizes);
  if (needed <= memory) return undefined;
  const what = `A fit to ${x.rows} rows of ${features} columns (as they are prepared)`;
  return `${what} takes ${formatBytes(needed)}: it has ${formatBytes(memory)}. A larger memory budget, or fewer candidates at a time, would let it.`;
}

/**
 * Whether it is the candidate that cannot be fitted to these rows, and not the rows or the machine. A queue
 * says `WORKER` of a job that failed wherever it was tried.
 */
function isOfCandidate(error: unknown): error is AgopError {
  return AgopError.isInstance(error) && judgedByCode.includes(error.code);
}

const judgedByCode: readonly AgopErrorCode[] = [
  'NOT_POSITIVE_DEFINITE',
  'DEGENERATE_METRIC',
  'NO_CONVERGENCE',
  'OUT_OF_MEMORY',
  'VALUE',
  'WORKER',
];

/** Weights of chosen rows, with mean 1. */
function weightsOf({ weights }: Problem, rows: Int32Array): Float64Array | undefined {
  if (!weights) return undefined;
  const own = Float64Array.from(rows, (row) => weights[row] as number);
  const mean = own.reduce((sum, weight) => sum + weight, 0) / own.length;
  return own.map((weight) => weight / mean);
}

function joined(parts: readonly Float32Array<ArrayBuffer>[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
