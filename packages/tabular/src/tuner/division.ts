import { OptionError, randomPermutation, subkey, ValueError, wording } from '@agop/core';
import { checkWhole } from '@agop/core/options';
import { type Holdout, holdOut } from '@agop/estimators';

/** How rows are divided to judge candidates: one part held out, or each row once. */
export type Judging =
  /** Held-out part of the rows. */
  | { readonly kind: 'split'; readonly fraction: number }
  /** Each row is held out once. */
  | { readonly kind: 'folds'; readonly folds: number }
  /** These rows are held out, by their numbers, and no fit ever sees them. */
  | { readonly kind: 'rows'; readonly held: ArrayLike<number> }
  /** Each row alone, from one factorisation: exact for the ridge, while the metric has seen all rows. */
  | { readonly kind: 'leave-one-out' };

/** What rows belong together with. */
export interface RowGroups {
  /** Class of each row, where each part is to have its share. */
  readonly strata?: ArrayLike<number> | undefined;
  /** Group of each row: rows of one group stay together. */
  readonly groups?: ArrayLike<string | number> | undefined;
}

/**
 * Divisions of rows into training and held-out ones, in an order that depends on the seed alone.
 *
 * @throws {OptionError} for a fraction out of range, or more folds than rows or groups
 * @throws {ValueError} where nothing could be held out
 */
export function divisionsOf(
  rows: number,
  judging: Exclude<Judging, { kind: 'leave-one-out' | 'rows' }>,
  seed: number,
  { strata, groups }: RowGroups = {},
): Holdout[] {
  if (judging.kind === 'split') {
    if (!groups) return [holdOut(rows, judging.fraction, seed, strata)];
    const most = Math.max(2, new Set(Array.from(groups)).size);
    const parts = groupFolds(groups, Math.max(2, Math.min(most, Math.round(1 / judging.fraction))), seed);
    return [division(parts, 0)];
  }
  const folds = checkWhole('folds', judging.folds, 2);
  if (folds > rows) {
    throw new OptionError(
      'folds',
      wording`${{ option: 'folds', value: folds }} is too many: there are only ${rows} rows to divide into them.`,
    );
  }
  const parts = groups ? groupFolds(groups, folds, seed) : stratifiedFolds(rows, folds, seed, strata);
  return Array.from({ length: folds }, (_, fold) => division(parts, fold));
}

/** For each row its fold: each class is dealt out in turn, and each begins where the last one ended. */
function stratifiedFolds(
  rows: number,
  folds: number,
  seed: number,
  strata: ArrayLike<number> | undefined,
): Int32Array {
  const order = randomPermutation(rows, subkey(seed, 'fold-rows'));
  const sorted = strata
    ? Array.from(order).sort((a, b) => (strata[a] as number) - (strata[b] as number))
    : order;
  const parts = new Int32Array(rows);
  for (const [at, row] of sorted.entries()) parts[row] = at % folds;
  return parts;
}

/** For each row the fold of its group: large groups first, each to the fold with the fewest rows so far. */
function groupFolds(groups: ArrayLike<string | number>, folds: number, seed: number): Int32Array {
  const members = new Map<string | number, number[]>();
  for (const row of randomPermutation(groups.length, subkey(seed, 'fold-rows'))) {
    const group = groups[row] as string | number;
    const own = members.get(group);
    if (own) own.push(row);
    else members.set(group, [row]);
  }
  if (members.size === 1) {
    throw new OptionError(
      'groups',
      wording`All rows are of one group of ${{ option: 'groups', bare: true }}: no other is left to judge by.`,
    );
  }
  if (members.size < folds) {
    throw new OptionError(
      'folds',
      wording`${{ option: 'folds', value: folds }} is too many: the rows have only ${members.size} groups.`,
    );
  }
  const sizes = new Float64Array(folds);
  const parts = new Int32Array(groups.length);
  for (const rows of [...members.values()].sort((a, b) => b.length - a.length)) {
    const fold = sizes.indexOf(Math.min(...sizes));
    sizes[fold] = (sizes[fold] as number) + rows.length;
    for (const row of rows) parts[row] = fold;
  }
  return parts;
}

function division(parts: Int32Array, fold: number): Holdout {
  const rows = Int32Array.from(parts, (_, row) => row);
  const [training, held] = [
    rows.filter((row) => parts[row] !== fold),
    rows.filter((row) => parts[row] === fold),
  ];
  if (training.length === 0 || held.length === 0) {
    throw new ValueError('There are too few rows to hold some out for judging.');
  }
  return { training, held };
}
