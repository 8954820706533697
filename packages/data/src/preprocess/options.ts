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
  /** Whether numbers are standardised (mean 0, standard deviation 1; default) or left as they are. */
  readonly scale?: 'standard' | 'none';
  /** What happens to a category that the training rows did not have: a typed error, or a block of zeros. */
  readonly unknownCategories?: 'error' | 'ignore';
  /** A text column with more different values than this is left out, and reported. Default 128. */
  readonly maxCategories?: number;
}
