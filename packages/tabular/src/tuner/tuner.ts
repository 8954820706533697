import { type Backend, throwIfAborted, ValueError } from '@agop/core';
import type { Holdout } from '@agop/estimators';
import { type Average, greedyAverage } from '../ensemble/greedy.ts';
import type { Candidate, FitChoice } from './candidate.ts';
import { type JudgedChoice, judgeCandidate, type Verdict } from './judge.ts';
import type { Problem } from './problem.ts';
import type { TrialEvent, TrialRecord } from './trial.ts';
import type { VerdictLookup } from './trial-log.ts';

/** One step of a search: candidates are judged on its divisions, and the best ones go on. */
export interface Rung {
  readonly divisions: readonly Holdout[];
  /** How many candidates go on to the next rung. */
  readonly survivors: number;
}

/** How {@link tune} searches. */
export interface TuneOptions {
  readonly backend: Backend;
  readonly seed: number;
  /** The candidate of a trial; undefined where there are no more. */
  readonly candidateOf: (trial: number) => Candidate | undefined;
  readonly rungs: readonly Rung[];
  /** Seconds that the search may take; undefined: no limit. The first candidate is judged in any case. */
  readonly seconds: number | undefined;
  /** Most different fits in the average that is chosen. */
  readonly members: number;
  /** How many candidates are judged at a time: what comes out does not depend on it. */
  readonly parallel: number;
  /** Judges a candidate elsewhere; default {@link judgeCandidate} on the backend. */
  readonly judge?: ((candidate: Candidate, divisions: readonly Holdout[]) => Promise<Verdict>) | undefined;
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
  const { backend, seed, candidateOf, rungs, members, seconds, parallel, signal } = options;
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1000;
  const context = { backend, problem, seed, kept: fitsOfCandidate, signal };
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
    let stopped = false;
    const tryOne = async (trial: number, candidate: Candidate): Promise<void> => {
      const known = options.resume?.(trial, rung, candidate, heldRows);
      const judge = options.judge ?? ((one, parts) => judgeCandidate(context, one, parts));
      const verdict = known ?? (await judge(candidate, divisions));
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
    // Rungs share the time: the first one may take what the others leave.
    const share = isLast ? 0.85 : 0.55;
    for (let at = 0; !stopped; at += parallel) {
      const batch: Promise<void>[] = [];
      for (let lane = 0; lane < parallel; lane++) {
        const entrant = entrants?.[at + lane];
        const trial = entrants ? entrant?.trial : at + lane;
        const candidate = entrants ? entrant?.candidate : candidateOf(at + lane);
        if (trial === undefined || candidate === undefined) {
          stopped = true;
          break;
        }
        if ((at > 0 || lane > 0) && isLate(share)) {
          [stopped, endedEarly] = [true, true];
          break;
        }
        throwIfAborted(signal, 'The search');
        batch.push(tryOne(trial, candidate));
      }
      await Promise.all(batch);
    }
    const ranked = through
      .filter(({ verdict }) => verdict.choices.length > 0)
      .toSorted((a, b) => lossOf(a.verdict) - lossOf(b.verdict) || a.trial - b.trial);
    if (ranked.length === 0) {
      if (rung === 0) throw nothingFitted(through[0]?.verdict.failure);
      break;
    }
    alive = isLast ? ranked : ranked.slice(0, Math.max(survivors, 1));
    folds = divisions.map(({ held }) => held.length);
    if (!isLast && isLate(0.7)) {
      endedEarly = true;
      break;
    }
  }
  history.sort((a, b) => a.rung - b.rung || a.trial - b.trial);
  return { ...chosenFrom(problem, alive, members), folds, history, endedEarly };
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
  const average: Average = greedyAverage(fits, (predictions) => problem.loss(predictions, rows), { members });
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

function lossOf({ choices }: Verdict): number {
  return choices[0]?.loss ?? Number.POSITIVE_INFINITY;
}

function nothingFitted(failure: string | undefined): ValueError {
  const why = failure === undefined ? 'The score has no value for any of them.' : failure;
  return new ValueError(`None of the candidates could be judged. ${why}`);
}
