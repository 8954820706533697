import { AgopError, type Backend } from '@agop/core';
import type { Holdout } from '@agop/estimators';
import type { Candidate, FitChoice } from './candidate.ts';
import { fitCandidate } from './candidate-fit.ts';
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

/** Where candidates are judged. */
export interface JudgeContext {
  readonly backend: Backend;
  readonly problem: Problem;
  readonly seed: number;
  /** Fits of each candidate that are kept, with their predictions. */
  readonly kept: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Judges a candidate on divisions of the rows: all of its fits, each by its predictions for all held-out rows
 * together. The ridges that metrics are learned with are chosen on the first division; the others follow.
 *
 * @param divisions one or more; without held-out rows each row is left out alone
 * @throws {AbortedError} through `signal`
 */
export async function judgeCandidate(
  { backend, problem, seed, kept, signal }: JudgeContext,
  candidate: Candidate,
  divisions: readonly Holdout[],
): Promise<Verdict> {
  const started = performance.now();
  const rows = Int32Array.from(divisions.flatMap(({ held }) => Array.from(held)));
  const parts = new Map<string, { choice: FitChoice; predictions: Float32Array<ArrayBuffer>[] }>();
  let learningRidges: readonly number[] | undefined;
  try {
    for (const [at, { training, held }] of divisions.entries()) {
      const isAlone = training === held;
      const prepared = problem.prepare(candidate, training, isAlone ? undefined : held);
      const judged = await fitCandidate(
        backend,
        {
          candidate,
          x: prepared.x,
          held: prepared.held,
          targets: prepared.targets,
          outputs: problem.outputs,
          weights: weightsOf(problem, training),
          learningRidges,
          seed,
        },
        (outputs) => problem.loss(prepared.restore(outputs), held),
        signal,
      );
      learningRidges ??= judged.learningRidges;
      for (const { iteration, ridge, outputs } of judged.fits) {
        const key = `${iteration} ${ridge}`;
        const own = parts.get(key) ?? {
          choice: { iteration, ridge, learningRidges: learningRidges.slice(0, iteration) },
          predictions: [],
        };
        if (own.predictions.length === at) own.predictions.push(prepared.restore(outputs));
        parts.set(key, own);
      }
    }
  } catch (error) {
    if (!isOfCandidate(error)) throw error;
    return { choices: [], rows, seconds: secondsSince(started), failure: error.message };
  }
  const choices = [...parts.values()]
    .filter(({ predictions }) => predictions.length === divisions.length)
    .map(({ choice, predictions }) => {
      const all = joined(predictions);
      return { choice, predictions: all, loss: problem.loss(all, rows) };
    })
    .filter(({ loss }) => !Number.isNaN(loss))
    .toSorted((a, b) => a.loss - b.loss)
    .slice(0, kept);
  return { choices, rows, seconds: secondsSince(started) };
}

/** Whether it is the candidate that cannot be fitted to these rows, and not the rows or the machine. */
function isOfCandidate(error: unknown): error is AgopError {
  return (
    AgopError.isInstance(error) &&
    ['NOT_POSITIVE_DEFINITE', 'DEGENERATE_METRIC', 'NO_CONVERGENCE', 'OUT_OF_MEMORY', 'VALUE'].includes(
      error.code,
    )
  );
}

/** Weights of chosen rows, with mean 1. */
export function weightsOf({ weights }: Problem, rows: Int32Array): Float64Array | undefined {
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
