import {
  eventLoopTurn,
  OptionError,
  randomPermutation,
  subkey,
  throwIfAborted,
  ValueError,
} from '@agop/core';
import { checkGiven, checkList, checkSteps, checkWhole } from '@agop/core/options';
import type { Rows } from './rows.ts';

/** Options of {@link permutationImportances}. */
export interface PermutationOptions {
  /**
   * Columns that belong together, such as the one-hot columns of a category, are permuted together: the
   * indices of each group's columns, counted from 0. Default each column alone.
   */
  readonly groups?: readonly (readonly number[])[];
  /** Permutations of each group, from 1. Default 5. */
  readonly repeats?: number;
  /** Seed of the permutations. Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

const names: Readonly<Record<keyof PermutationOptions, boolean>> = {
  groups: true,
  repeats: true,
  seed: true,
  signal: true,
};

/** What permuting showed. */
export interface PermutationImportances {
  /** The score of the rows as they are. */
  readonly score: number;
  /** Mean drop of the score over the repeats, for each group. */
  readonly mean: Float64Array;
  /** Standard deviation of the drop over the repeats (divided by their number), for each group. */
  readonly deviation: Float64Array;
  /** The drop of each repeat, for each group. */
  readonly drops: readonly Float64Array[];
}

/**
 * How much predictions rest on columns: how far the score drops where the columns of a group are permuted
 * among the rows, all columns of the group alike. Around 0 for columns that predictions do not use, or that
 * do not help on these rows; below 0 by chance, or where a column misleads. Give rows that the fit has not
 * seen: on the rows of the fit even noise counts that was learned by heart. Two columns that say the same
 * stand in for each other, and each may seem unimportant: put them into one group.
 *
 * Source: Breiman, "Random Forests", Machine Learning 45 (2001), section 10.
 *
 * @param x at least two rows
 * @param score the score of rows like x, larger is better
 * @throws {ValueError} for fewer than two rows
 * @throws {OptionError} for an option out of range
 * @throws {AbortedError} through `signal`
 * @throws what `score` throws
 */
export async function permutationImportances(
  x: Rows,
  score: (rows: Rows) => Promise<number>,
  options: PermutationOptions = {},
): Promise<PermutationImportances> {
  checkGiven('permutationImportances()', options, names);
  const { signal } = options;
  const seed = checkWhole('seed', options.seed ?? 0, 0);
  const repeats = checkSteps('repeats', options.repeats ?? 5, 1);
  const groups = checkGroups(options.groups ?? Array.from({ length: x.columns }, (_, j) => [j]), x.columns);
  if (x.rows < 2) throw new ValueError('X has one row, and nothing to permute it with.');
  throwIfAborted(signal, 'Permuting columns');
  const whole = await score(x);
  const drops = groups.map(() => new Float64Array(repeats));
  for (const [index, group] of groups.entries()) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      throwIfAborted(signal, 'Permuting columns');
      const key = subkey(seed, 'permutation', repeat * groups.length + index);
      const permuted = await score(permuteColumns(x, group, randomPermutation(x.rows, key)));
      (drops[index] as Float64Array)[repeat] = whole - permuted;
      await eventLoopTurn();
    }
  }
  const mean = Float64Array.from(drops, average);
  const deviation = Float64Array.from(drops, (values, index) =>
    Math.sqrt(average(values.map((value) => (value - (mean[index] as number)) ** 2))),
  );
  return { score: whole, mean, deviation, drops };
}

function checkGroups(
  groups: readonly (readonly number[])[],
  columns: number,
): readonly (readonly number[])[] {
  checkList('groups', groups, 'arrays of columns, such as [[0], [1, 2]]', Array.isArray);
  for (const group of groups) {
    for (let k = 0; k < group.length; k++) {
      const column = group[k] as number;
      if (Number.isSafeInteger(column) && column >= 0 && column < columns) continue;
      throw new OptionError('groups', {
        requirement: `hold columns of X, whole numbers from 0 to ${columns - 1}`,
        received: column,
      });
    }
  }
  return groups;
}

function permuteColumns(x: Rows, group: readonly number[], order: Int32Array): Rows {
  const data = Float64Array.from(x.data);
  for (const [to, from] of order.entries()) {
    for (const j of group) data[to * x.columns + j] = x.data[from * x.columns + j] as number;
  }
  return { ...x, data };
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
