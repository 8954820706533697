import { randomPermutation, subkey } from '@agop/core';
import type { Holdout } from '@agop/estimators';
import { divisionsOf, type Judging } from '../tuner/division.ts';
import type { Problem } from '../tuner/problem.ts';
import type { Rung } from '../tuner/tuner.ts';

/** Up to so many rows every candidate is judged on all folds. */
const fewRows = 500;
/** Up to so many rows there are folds; beyond, a part is held out. */
const moderateRows = 2000;
/** Most rows that are held out of a large table. */
const mostHeld = 1500;

/** How far a search goes on each row. */
export interface PlanOptions {
  /** How candidates are judged; undefined: what suits the number of rows. */
  readonly judging: Judging | undefined;
  /** Most training rows of the first rung, and of the last one. */
  readonly trainingRows: readonly [first: number, last: number];
  /** Candidates that go on to the last rung. */
  readonly survivors: number;
}

/** The rungs of a search for the rows of a problem. */
export function planRungs(problem: Problem, seed: number, options: PlanOptions): Rung[] {
  const { rows } = problem;
  const { survivors, trainingRows } = options;
  const judging = options.judging ?? usualJudging(rows);
  const [first, last] = trainingRows;
  if (judging.kind === 'leave-one-out') {
    const all = Int32Array.from({ length: rows }, (_, row) => row);
    const some = chosen(all, last, seed);
    return [{ divisions: [{ training: some, held: some }], survivors }];
  }
  const divisions = divisionsOf(rows, judging, seed, problem);
  const limited = (most: number, some: readonly Holdout[]): Holdout[] =>
    some.map(({ training, held }) => ({
      training: chosen(training, most, seed),
      held: chosen(held, mostHeld, seed),
    }));
  if (judging.kind === 'folds' && rows <= fewRows) return [{ divisions, survivors }];
  const [opening] = divisions as [Holdout];
  const isOneRung = judging.kind === 'split' && opening.training.length <= first;
  if (isOneRung) return [{ divisions: limited(last, divisions), survivors }];
  return [
    { divisions: limited(first, [opening]), survivors },
    { divisions: limited(last, divisions), survivors },
  ];
}

function usualJudging(rows: number): Judging {
  if (rows <= fewRows) return { kind: 'folds', folds: Math.min(5, rows) };
  if (rows <= moderateRows) return { kind: 'folds', folds: 3 };
  return { kind: 'split', fraction: Math.min(0.25, mostHeld / rows) };
}

/** At most so many of some rows, drawn at random, ascending; the list itself where it has no more. */
function chosen(rows: Int32Array, most: number, seed: number): Int32Array {
  if (rows.length <= most) return rows;
  const order = randomPermutation(rows.length, subkey(seed, 'fold-rows', 1));
  return Int32Array.from(order.subarray(0, most), (at) => rows[at] as number).sort();
}
