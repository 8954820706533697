import { checkChoice, checkMembers, type MemberKind } from '@agop/core/options';
import type { NumberScale } from './number-scale.ts';
import { numberScales } from './number-scale.ts';

/** What is predicted: numbers, or one of several classes. */
export type Task = 'regression' | 'classification';

/** How {@link TablePreprocessor.fit} treats a table. */
export interface PreprocessOptions {
  /** Column to predict; for regression it may be several. */
  readonly target: string | readonly string[];
  /**
   * Default `auto`: classification if the target is text, or holds only integers with few different values
   * (at most 20, and at most a fifth of the rows, but 2 are always few); else regression.
   */
  readonly task?: Task | 'auto';
  /** Columns that are not features. */
  readonly ignore?: readonly string[];
  /** Columns of numbers that are codes and not amounts, to be treated as categories. */
  readonly categorical?: readonly string[];
  /**
   * How numbers are scaled. `standard` (default): mean 0, standard deviation 1. `normal ranks`: their ranks
   * become quantiles of the normal distribution, so that no cell is far from the others. `uniform ranks`: the
   * ranks themselves, standardised. `largest`: divided by the largest absolute value. `none`: as they are.
   * Parts of dates are standardised where others are ranked.
   */
  readonly scale?: NumberScale;
  /**
   * Missing numbers become the mean (default); with `indicator` a second column tells them, where training
   * rows lacked some.
   */
  readonly missing?: 'mean' | 'indicator';
  /**
   * `one-hot` (default): a column for each category. `ordinal`: one column of codes 0, 1, … in the order of
   * the categories (of numbers, then of texts), standardised.
   */
  readonly categories?: 'one-hot' | 'ordinal';
  /** What happens to a category that the training rows did not have: a typed error, or a block of zeros. */
  readonly unknownCategories?: 'error' | 'ignore';
  /** A text column with more different values than this is left out, and reported. Default 128. */
  readonly maxCategories?: number;
  /**
   * What happens to a column with more categories than `maxCategories`: it is left out (default); or all but
   * the most frequent ones share a column, `together`, with those that the training rows did not have; or it
   * becomes one column of `codes`, the whole numbers 0, 1, …, for models that look them up (see `codes` of
   * {@link TablePreprocessor}): -1 stands for categories that are not among the 1,000 most frequent ones.
   */
  readonly rareCategories?: 'leave out' | 'together' | 'codes';
  /**
   * Whether columns that only number the rows (see {@link findingsOf}) are features (default), or left out,
   * and reported.
   */
  readonly identifiers?: 'keep' | 'leave out';
  /**
   * Texts that differ in capital letters or blanks alone are different categories and classes (`keep`,
   * default), or one (`merge`), which is called as it is spelt most often; also in further rows.
   */
  readonly spellings?: 'keep' | 'merge';
}

const words = {
  task: ['regression', 'classification', 'auto'],
  scale: numberScales,
  missing: ['mean', 'indicator'],
  categories: ['one-hot', 'ordinal'],
  unknownCategories: ['error', 'ignore'],
  rareCategories: ['leave out', 'together', 'codes'],
  identifiers: ['keep', 'leave out'],
  spellings: ['keep', 'merge'],
} as const;

/** @throws {OptionError} for unknown options, and values of another kind */
export function checkPreprocessOptions(options: PreprocessOptions): void {
  const target: unknown = Object(options).target;
  checkMembers('TablePreprocessor.fit()', options, {
    ...{ target: typeof target === 'string' ? 'text' : 'texts', ignore: 'texts?', categorical: 'texts?' },
    ...{ task: 'text?', scale: 'text?', missing: 'text?', categories: 'text?', unknownCategories: 'text?' },
    ...{ rareCategories: 'text?', identifiers: 'text?', maxCategories: 'number?', spellings: 'text?' },
  } satisfies Readonly<Record<keyof PreprocessOptions, MemberKind>>);
  for (const [name, choices] of Object.entries(words)) {
    const value: unknown = Reflect.get(options, name);
    if (typeof value === 'string') checkChoice<string>(name, value, choices);
  }
}
