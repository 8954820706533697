import type { Calendar } from '../tabular/notation.ts';
import { isGain, type Judged, overFolds, rowsOf, scoreNames, scoreOf, spreadsOf } from './evaluation.ts';
import type { BoardRow } from './result.ts';
import { countNearZero } from './table-notes.ts';

/** What the score board is made of. */
export interface BoardParts {
  /** The rows that chose the settings; undefined where none are known. */
  readonly validation: Judged | undefined;
  readonly folds: readonly number[];
  /** The rows that chose nothing. */
  readonly test: Judged | undefined;
  /** What a guess says of each row: the means of the training rows, or the shares of their classes. */
  readonly prior: ArrayLike<number>;
  /** How the targets of a regression are written. */
  readonly calendars: readonly (Calendar | null)[];
  /** The score that chose: it is always told. */
  readonly metric?: string;
  readonly seed: number;
}

/** All scores of a model, beside those of a guess without features. */
export function boardOf(parts: BoardParts): BoardRow[] {
  const { validation, folds, test, prior, calendars, metric, seed } = parts;
  const judged = test ?? validation;
  if (!judged) return [];
  const names = scoreNames(judged);
  const spreads = test ? spreadsOf(test, names, seed) : {};
  const guess = { ...judged, predicted: repeated(prior, rowsOf(judged)) };
  const told = [validation, test].filter((one) => one !== undefined);
  const notRelative = told.map((one) => noRelativeError(one, calendars)).find((why) => why !== undefined);
  return names.map((name) => {
    const better = isGain(name) ? ('higher' as const) : ('lower' as const);
    const omitted = name === 'mape' && name !== metric ? notRelative : undefined;
    if (omitted !== undefined) return { name, better, validation: null, test: null, guess: null, omitted };
    const own = validation && finite(scoreOf(name, validation));
    const tested = test && finite(scoreOf(name, test));
    const overAll = validation && overFolds(name, validation, folds);
    // Where the score counts one class, the guess is always that class.
    const isOfOne = name === 'f1' && judged.outputs === 2;
    const constant = isOfOne ? { ...judged, predicted: repeated([0, 1], rowsOf(judged)) } : guess;
    const guessed = finite(scoreOf(name, constant));
    return {
      name,
      better,
      validation: own === undefined ? null : { value: own, ...(overAll && { folds: overAll }) },
      test: tested === undefined ? null : { value: tested, ...spreads[name] },
      guess: guessed ?? null,
    };
  });
}

/** What a guess without features says of a row: the means of rows, or the shares of their classes. */
export function priorOf({ outputs, task, actual, weights }: Judged): number[] {
  const sums = new Array<number>(outputs).fill(0);
  let total = 0;
  const n = task === 'regression' ? actual.length / outputs : actual.length;
  for (let row = 0; row < n; row++) {
    const weight = weights?.[row] ?? 1;
    total += weight;
    for (let k = 0; k < outputs; k++) {
      const value = task === 'regression' ? (actual[row * outputs + k] as number) : Number(actual[row] === k);
      sums[k] = (sums[k] as number) + weight * value;
    }
  }
  return sums.map((sum) => sum / total);
}

function repeated(row: ArrayLike<number>, rows: number): Float64Array {
  return Float64Array.from({ length: rows * row.length }, (_, at) => row[at % row.length] as number);
}

/** Why a relative error says nothing of targets; undefined where it does. */
function noRelativeError(judged: Judged, calendars: readonly (Calendar | null)[]): string | undefined {
  if (calendars.some((one, k) => one === 'date' || (one === 'clock' && isTimeOfDay(judged, k)))) {
    return 'MAPE is left out: dates and times of day have no 0 that an error could be relative to.';
  }
  const near = judged.task === 'regression' ? countNearZero(judged.actual) : 0;
  if (near === 0) return undefined;
  const are = near === 1 ? 'is' : 'are';
  return `MAPE is left out: ${near} of ${judged.actual.length} true values ${are} near 0, where an error relative to the value says nothing.`;
}

/** Whether hours are times of day; more than a day of them are durations, which begin at 0. */
function isTimeOfDay({ actual, outputs }: Judged, output: number): boolean {
  return Array.from(actual).every((hours, at) => at % outputs !== output || hours <= 24);
}

/** A value that JSON holds; rounding of what is 0, as the R² of a mean, is 0. */
function finite(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  return Math.abs(value) < 1e-13 ? 0 : value;
}
