import type { Candidate, FitChoice } from './candidate.ts';
import type { Verdict } from './judge.ts';

/** What was found out about a candidate on one rung. */
export interface TrialRecord {
  /** Number of the candidate, from 0. */
  readonly trial: number;
  /** Number of the rung, from 0. */
  readonly rung: number;
  readonly candidate: Candidate;
  /** Value of the score for the best fit; undefined where none could be fitted. */
  readonly score: number | undefined;
  /** The best fit. */
  readonly choice: FitChoice | undefined;
  /** Training rows of a division. */
  readonly rows: number;
  readonly seconds: number;
  readonly failure: string | undefined;
}

/** What is told after each trial; the verdict brings a search to where it was, see `resume`. */
export interface TrialEvent {
  readonly record: TrialRecord;
  readonly verdict: Verdict;
  /** Trials that are done, and how many there are to be; undefined where time decides. */
  readonly done: number;
  readonly trials: number | undefined;
  readonly seconds: number;
}
