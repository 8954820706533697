import { isGain, type Judged, overFolds, rowsOf, scoreNames, scoreOf, spreadsOf } from './evaluation.ts';
import { guessFor } from './judged-rows.ts';
import type { BoardRow } from './result.ts';

/** What the score board is made of. */
export interface BoardParts {
  /** The rows that chose the settings; undefined where none are known. */
  readonly validation: Judged | undefined;
  readonly folds: readonly number[];
  /** The rows that chose nothing. */
  readonly test: Judged | undefined;
  /** The truth of the training rows, of which a guess is made. */
  readonly training: Judged;
  readonly seed: number;
}

/** All scores of a model, beside those of a guess without features. */
export function boardOf({ validation, folds, test, training, seed }: BoardParts): BoardRow[] {
  const names = scoreNames(training);
  const spreads = test ? spreadsOf(test, names, seed) : {};
  const judged = test ?? validation;
  const guess = judged && { ...judged, predicted: guessFor(training, rowsOf(judged)) };
  return names.map((name) => {
    const own = validation && finite(scoreOf(name, validation));
    const tested = test && finite(scoreOf(name, test));
    const overAll = validation && overFolds(name, validation, folds);
    const guessed = guess && finite(scoreOf(name, guess));
    return {
      name,
      better: isGain(name) ? 'higher' : 'lower',
      validation: own === undefined ? null : { value: own, ...(overAll && { folds: overAll }) },
      test: tested === undefined ? null : { value: tested, ...spreads[name] },
      guess: guessed ?? null,
    };
  });
}

/** A value that JSON holds; rounding of what is 0, as the R² of a mean, is 0. */
function finite(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  return Math.abs(value) < 1e-13 ? 0 : value;
}
