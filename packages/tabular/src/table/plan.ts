import { OptionError, randomPermutation, subkey } from '@agop/core';
import type { Holdout } from '@agop/estimators';
import { candidateRowsWithin } from '../tuner/candidate-memory.ts';
import { divisionsOf, type Judging } from '../tuner/division.ts';
import type { Problem } from '../tuner/problem.ts';
import type { Rung } from '../tuner/tuner.ts';
import type { TableData } from './table-problem.ts';

/** Up to so many rows every candidate is judged on all folds. */
const fewRows = 500;
/** Up to so many rows there are folds; beyond, a part is held out. */
const moderateRows = 2000;
/** Most rows that are held out of a large table. */
const mostHeld = 1500;

/** Most training rows of the first rung, and of the last one. */
const [firstRows, lastRows] = [1500, 3000];

/**
 * More candidates than so many are first judged on few training rows, a third of them goes on. On 16 tables
 * the best third of 28 on 500 rows held one that was within 0.1 % of the best on 1,200.
 */
const manyCandidates = 12;
const openingRows = 500;

/** How far a search goes. */
export interface PlanOptions {
  /** How candidates are judged; undefined: what suits the number of rows. */
  readonly judging: Exclude<Judging, { kind: 'rows' }> | undefined;
  /** Rows that judge, and others that are fitted; undefined: as `judging` says. */
  readonly given: Holdout | undefined;
  /** Bytes that the fits on one division may take; undefined: any. */
  readonly memory: number | undefined;
  /** Candidates that are tried; infinite where time decides. */
  readonly trials: number;
  /** Candidates that go on to the last rung, at least. */
  readonly survivors: number;
}

/** The rungs of a search for the rows of a problem. */
export function planRungs(problem: Problem, seed: number, options: PlanOptions): Rung[] {
  const { rows } = problem;
  const { memory, trials } = options;
  const survivors = (judged: number): number => Math.max(options.survivors, Math.ceil(judged / 6));
  const judging = options.judging ?? usualJudging(problem);
  const most = memory === undefined ? rows : candidateRowsWithin(memory);
  const [first, last] = [Math.min(firstRows, most), Math.min(lastRows, most)];
  if (!options.given && judging.kind === 'leave-one-out') {
    const all = Int32Array.from({ length: rows }, (_, row) => row);
    const some = chosen(all, last, seed);
    return [{ divisions: [{ training: some, held: some }], survivors }];
  }
  const divisions = divisionsFor(problem, seed, judging, options.given);
  const limited = (most: number, some: readonly Holdout[]): Holdout[] =>
    some.map(({ training, held }) => ({
      training: chosen(training, most, seed),
      held: chosen(held, mostHeld, seed),
    }));
  if (divisions.length > 1 && rows <= Math.min(fewRows, most)) return [{ divisions, survivors }];
  const [opening] = divisions as [Holdout];
  const isOneRung = divisions.length === 1 && opening.training.length <= first;
  const isLong = trials > manyCandidates && opening.training.length >= 2 * openingRows;
  return [
    ...(isLong ? [{ divisions: limited(openingRows, [opening]), survivors: thirdOf }] : []),
    ...(isOneRung ? [] : [{ divisions: limited(first, [opening]), survivors }]),
    { divisions: limited(last, divisions), survivors },
  ];
}

function thirdOf(judged: number): number {
  return Math.max(4, Math.ceil(judged / 3));
}

function divisionsFor(
  problem: Problem,
  seed: number,
  judging: Exclude<Judging, { kind: 'rows' }>,
  given: Holdout | undefined,
): Holdout[] {
  if (given || judging.kind === 'leave-one-out') return given ? [given] : [];
  return divisionsOf(problem.rows, judging, seed, problem);
}

function usualJudging({
  rows,
  groups,
}: Pick<Problem, 'rows' | 'groups'>): Exclude<Judging, { kind: 'rows' | 'leave-one-out' }> {
  // Few groups make few folds.
  const most = groups ? Math.max(2, new Set(Array.from(groups)).size) : rows;
  if (rows <= fewRows) return { kind: 'folds', folds: Math.min(5, most) };
  if (rows <= moderateRows) return { kind: 'folds', folds: Math.min(3, most) };
  return { kind: 'split', fraction: Math.min(0.25, mostHeld / rows) };
}

/** At most so many of some rows, drawn at random, ascending; the list itself where it has no more. */
function chosen(rows: Int32Array, most: number, seed: number): Int32Array {
  if (rows.length <= most) return rows;
  const order = randomPermutation(rows.length, subkey(seed, 'fold-rows', 1));
  return Int32Array.from(order.subarray(0, most), (at) => rows[at] as number).sort();
}

/** Rows that judge, and all others. */
export function heldRows({ table, origin }: TableData, held: ArrayLike<number>): Holdout {
  const wanted = new Set(Array.from(held));
  const all = Int32Array.from({ length: table.rows }, (_, row) => row);
  const isHeld = (row: number): boolean => wanted.has(origin?.[row] ?? row);
  const parts = { training: all.filter((row) => !isHeld(row)), held: all.filter(isHeld) };
  if (parts.training.length > 0 && parts.held.length > 0) return parts;
  throw new OptionError('judging.held', {
    requirement: `name some of the rows 0 to ${table.rows - 1}, and not all`,
    received: held,
  });
}
