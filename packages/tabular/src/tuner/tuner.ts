import { type Backend, throwIfAborted, ValueError } from '@agop/core';
import type { Holdout } from '@agop/estimators';
import { type Average, greedyAverage } from '../ensemble/greedy.ts';
import type { Candidate, FitChoice } from './candidate.ts';
import { type CandidateJob, fitCandidate } from './candidate-fit.ts';
import { lossOf } from './comparison.ts';
import { type JudgedChoice, judgeCandidate, type TrialExecutor, type Verdict } from './judge.ts';
import type { Problem } from './problem.ts';
import type { TrialEvent, TrialRecord } from './trial.ts';
import type { VerdictLookup } from './trial-log.ts';

/** One step of a search: candidates are judged on its divisions, and the best ones go on. */
export interface Rung {
  readonly divisions: readonly Holdout[];
  /** How many candidates go on to the next rung, of so many that were judged. */
  readonly survivors: (judged: number) => number;
}

/** How {@link tune} searches. */
export interface TuneOptions {
  readonly backend: Backend;
  readonly seed: number;
  /** The candidate of a trial; undefined where there are no more. */
  readonly candidateOf: (trial: number) => Candidate | undefined;
  readonly rungs: readonly Rung[];
  /**
   * Seconds that the search may take, with those of what it resumes; undefined: no limit. The first candidate
   * is judged in any case, by its first metric at least.
   */
  readonly seconds: number | undefined;
  /** Most bytes that the fits of one job may take: candidates that take more are left out, and say so. */
  readonly memory: number | undefined;
  /** Most different fits in the average that is chosen. */
  readonly members: number;
  /** How many candidates are judged at a time: what comes out does not depend on it. */
  readonly parallel: number;
  /** Where candidates are fitted on divisions; undefined, or a score of one's own: on the backend. */
  readonly executor: TrialExecutor | undefined;
  /** Verdicts of an interrupted search: these are not judged again. */
  readonly resume?: VerdictLookup | undefined;
  readonly onTrial?: ((event: TrialEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One fit of what was chosen. */
export interface Member {
  readonly candidate: Candidate;
  readonly choice: FitChoice;
  /** Its share of the average; all shares sum to 1. */
  readonly share: number;
}

/** What a search has found. */
export interface Tuned {
  readonly members: readonly Member[];
  readonly history: readonly TrialRecord[];
  /** Value of the score of the average, for rows that its fits had not seen, but that chose it. */
  readonly score: number;
  /** Predictions of the average for held-out rows, [rows, outputs]. */
  readonly predictions: Float32Array<ArrayBuffer>;
  /** The held-out rows, fold by fold. */
  readonly rows: Int32Array;
  /** How many of them each fold has. */
  readonly folds: readonly number[];
  /** Whether time ran out before all that was to be tried was. */
  readonly endedEarly: boolean;
}

/** Fits of each candidate that may become part of the average. */
const fitsOfCandidate = 3;

/**
 * Searches for the settings that suit a table best: judges candidates rung by rung, each rung on more rows or
 * divisions with the best candidates of the one before (successive halving), and averages the best fits of
 * the last rung greedily.
 *
 * The same seed gives the same result, however many candidates are judged at a time, where time does not end
 * the search.
 *
 * Source of the halving: Jamieson, Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
 * Optimization", AISTATS 2016.
 *
 * @throws {ValueError} where no candidate could be fitted, with the reason of the first one
 * @throws {AbortedError} through `signal`
 */
export async function tune(problem: Problem, options: TuneOptions): Promise<Tuned> {
  const { seed, candidateOf, rungs, members, seconds, memory, parallel, signal } = options;
  const started = performance.now();
  // What an interrupted search has taken counts.
  let before = 0;
  const elapsed = (): number => before + (performance.now() - started) / 1000;
  const executor = placeOf(problem, options);
  const history: TrialRecord[] = [];
  let alive: { readonly trial: number; readonly candidate: Candidate; readonly verdict: Verdict }[] = [];
  let endedEarly = false;
  let folds: readonly number[] = [];
  const isLate = (share: number): boolean => seconds !== undefined && elapsed() > seconds * share;

  for (const [rung, { divisions, survivors }] of rungs.entries()) {
    const isLast = rung === rungs.length - 1;
    const heldRows = Int32Array.from(divisions.flatMap(({ held }) => Array.from(held)));
    const entrants = rung === 0 ? undefined : alive;
    const through: typeof alive = [];
    // Rungs share the time: each may take what the later ones leave.
    const share = 0.85 - (0.3 * (rungs.length - 1 - rung)) / Math.max(1, (rungs.length - 1) / 1.5);
    const tryOne = async (trial: number, candidate: Candidate): Promise<void> => {
      const known = options.resume?.(trial, rung, candidate, heldRows);
      before += (known?.seconds ?? 0) / parallel;
      const deadline = seconds && Date.now() + 1000 * (seconds * share - elapsed());
      const context = { executor, problem, seed, kept: fitsOfCandidate, memory, deadline, signal };
      const verdict = known ?? (await judgeCandidate(context, candidate, divisions));
      through.push({ trial, candidate, verdict });
      const record = recordOf(problem, trial, rung, candidate, verdict, divisions);
      history.push(record);
      options.onTrial?.({
        record,
        verdict,
        done: history.length,
        trials: entrants?.length,
        seconds: elapsed(),
      });
    };
    await inLanes(parallel, async (at) => {
      const entrant = entrants?.[at];
      const trial = entrants ? entrant?.trial : at;
      const candidate = entrants ? entrant?.candidate : candidateOf(at);
      if (trial === undefined || candidate === undefined) return false;
      if (at > 0 && isLate(share)) {
        endedEarly = true;
        return false;
      }
      throwIfAborted(signal, 'The search');
      await tryOne(trial, candidate);
      return true;
    });
    const ranked = through
      .filter(({ verdict }) => verdict.choices.length > 0)
      .toSorted((a, b) => bestLoss(a.verdict) - bestLoss(b.verdict) || a.trial - b.trial);
    if (ranked.length === 0) {
      if (rung === 0) throw nothingFitted(through[0]?.verdict.failure);
      break;
    }
    alive = isLast ? ranked : ranked.slice(0, Math.max(survivors(through.length), 1));
    folds = divisions.map(({ held }) => held.length);
    if (!isLast && isLate(share + 0.15)) {
      endedEarly = true;
      break;
    }
  }
  history.sort((a, b) => a.rung - b.rung || a.trial - b.trial);
  return { ...chosenFrom(problem, alive, members), folds, history, endedEarly };
}

/** The executor of the options where the jobs are plain data, else the backend. */
function placeOf(problem: Problem, { backend, executor }: TuneOptions): TrialExecutor {
  const here = {
    size: 1,
    run: (job: CandidateJob, signal?: AbortSignal) => fitCandidate(backend, job, signal),
  };
  return executor && typeof problem.comparison(new Int32Array()).score === 'string' ? executor : here;
}

/**
 * Does the work for 0, 1, …, so many at a time, until it returns false or throws. All has ended before an
 * error goes on.
 */
async function inLanes(lanes: number, work: (at: number) => Promise<boolean>): Promise<void> {
  let [next, ended] = [0, false];
  const ends = await Promise.allSettled(
    Array.from({ length: lanes }, async () => {
      try {
        while (!ended) ended = !(await work(next++)) || ended;
      } catch (error) {
        ended = true;
        throw error;
      }
    }),
  );
  const failure = ends.find((one) => one.status === 'rejected');
  if (failure) throw failure.reason;
}

function chosenFrom(
  problem: Problem,
  alive: readonly { readonly candidate: Candidate; readonly verdict: Verdict }[],
  members: number,
): Omit<Tuned, 'folds' | 'history' | 'endedEarly'> {
  const rows = alive[0]?.verdict.rows ?? new Int32Array();
  const fits = alive
    .flatMap(({ candidate, verdict }) => verdict.choices.map((own) => ({ candidate, ...own })))
    .toSorted((a, b) => a.loss - b.loss);
  const comparison = problem.comparison(rows);
  const average: Average = greedyAverage(fits, (predictions) => lossOf(comparison, predictions), { members });
  const chosen = [...average.shares].map(([at, share]) => {
    const { candidate, choice } = fits[at] as JudgedChoice & { readonly candidate: Candidate };
    return { candidate, choice, share };
  });
  return {
    members: chosen.toSorted((a, b) => b.share - a.share),
    score: problem.score.ofLoss(average.loss),
    predictions: average.predictions,
    rows,
  };
}

function recordOf(
  problem: Problem,
  trial: number,
  rung: number,
  candidate: Candidate,
  { choices, seconds, failure }: Verdict,
  divisions: readonly Holdout[],
): TrialRecord {
  const [best] = choices;
  return {
    trial,
    rung,
    candidate,
    score: best && problem.score.ofLoss(best.loss),
    choice: best?.choice,
    rows: divisions[0]?.training.length ?? 0,
    seconds,
    failure,
  };
}

function bestLoss({ choices }: Verdict): number {
  return choices[0]?.loss ?? Number.POSITIVE_INFINITY;
}

function nothingFitted(failure: string | undefined): ValueError {
  const why = failure === undefined ? 'The score has no value for any of them.' : failure;
  return new ValueError(`None of the candidates could be judged. ${why}`);
}
