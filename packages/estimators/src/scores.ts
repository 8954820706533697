import { OptionError } from '@agop/core';
import { accuracy, balancedAccuracy, brierScore, f1Score, logLoss } from './metrics/classes.ts';
import {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  type RowWeights,
  rootMeanSquaredError,
  rSquared,
} from './metrics/numbers.ts';
import { areaUnderRocOfClasses } from './metrics/ranking.ts';
import { argmaxRows } from './rows.ts';

const directions = {
  accuracy: 'higher',
  balancedAccuracy: 'higher',
  auc: 'higher',
  f1: 'higher',
  logLoss: 'lower',
  brier: 'lower',
  r2: 'higher',
  rmse: 'lower',
  mse: 'lower',
  mae: 'lower',
  mape: 'lower',
} as const;

/** Scores by which fits are compared. */
export type ScoreName = keyof typeof directions;

/** Scores of predicted numbers. */
export const numericScores = ['rmse', 'mse', 'mae', 'mape', 'r2'] as const satisfies ScoreName[];

/** Scores of predicted classes and their probabilities. */
export const classScores = [
  'accuracy',
  'balancedAccuracy',
  'auc',
  'logLoss',
  'brier',
  'f1',
] as const satisfies ScoreName[];

/** Predictions and what they should be, for a score of one's own. */
export interface Judged {
  /** Values [n, outputs] of a regression, or probabilities [n, classes]: row-major. */
  readonly predicted: ArrayLike<number>;
  /** Values [n, outputs], or class indices [n]. */
  readonly actual: ArrayLike<number>;
  /** Number of outputs, or of classes. */
  readonly columns: number;
  /** How much each row counts, [n]; undefined where all count alike. */
  readonly weights: ArrayLike<number> | undefined;
}

/** A score of one's own. */
export interface OwnScore {
  /** What it is called in histories and reports. */
  readonly name: string;
  readonly better: 'higher' | 'lower';
  /** The score; NaN counts as worst. */
  of(judged: Judged): number;
}

/** The name of a built-in score, or one of one's own. */
export type Score = ScoreName | OwnScore;

/** Whether larger or smaller values of a score are better. */
export function directionOf(score: Score): 'higher' | 'lower' {
  return typeof score === 'string' ? directions[score] : score.better;
}

/** What a score is called. */
export function nameOfScore(score: Score): string {
  return typeof score === 'string' ? score : score.name;
}

/**
 * A score of numbers, all rows and outputs together.
 *
 * @param weights how much each row counts, [n]; default all alike
 * @throws {OptionError} for a score of classes, which numbers do not have
 */
export function numericScore(
  name: ScoreName,
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  outputs: number,
  weights?: RowWeights,
): number {
  switch (name) {
    case 'rmse':
      return rootMeanSquaredError(predicted, actual, outputs, weights);
    case 'mse':
      return meanSquaredError(predicted, actual, weights);
    case 'mae':
      return meanAbsoluteError(predicted, actual, weights);
    case 'mape':
      return meanAbsolutePercentageError(predicted, actual, weights);
    case 'r2':
      return rSquared(predicted, actual, outputs, weights);
    default:
      throw new OptionError('selection', `A regression has no ${name}. Use ${listed(numericScores)}.`);
  }
}

/**
 * A score of classes from their probabilities, as scikit-learn defines it; the largest probability wins, the
 * first of equal ones.
 *
 * @param probabilities [n, classes], row-major
 * @param actual class indices [n]
 * @param weights how much each row counts, [n]; default all alike
 * @throws {OptionError} for a score of numbers
 */
export function classScore(
  name: ScoreName,
  probabilities: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: number,
  weights?: RowWeights,
): number {
  switch (name) {
    case 'accuracy':
      return accuracy(argmaxRows(probabilities, classes), actual, weights);
    case 'balancedAccuracy':
      return balancedAccuracy(argmaxRows(probabilities, classes), actual, weights);
    case 'f1':
      return f1Score(argmaxRows(probabilities, classes), actual, classes, weights);
    case 'auc':
      return areaUnderRocOfClasses(probabilities, actual, classes, weights);
    case 'logLoss':
      return logLoss(probabilities, actual, classes, weights);
    case 'brier':
      return brierScore(probabilities, actual, classes, weights);
    default:
      throw new OptionError('selection', `A classification has no ${name}. Use ${listed(classScores)}.`);
  }
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

/** Values of some scores. */
export type Scores = { readonly [Name in ScoreName]?: number | undefined };

/** Whether a value of a score beats another one: NaN loses against anything, equal values do not beat. */
export function beats(score: Score, value: number, other: number): boolean {
  if (Number.isNaN(other)) return !Number.isNaN(value);
  return directionOf(score) === 'higher' ? value > other : value < other;
}

/**
 * The one order of scores: whether a fit beats the best one so far. The first score of the list in which they
 * differ decides; equal fits leave the earlier one the best, and NaN loses against anything later.
 *
 * @param scores of the fit; a fit without scores beats nothing
 * @param best scores of the best fit so far; undefined where there is none
 */
export function better(
  scores: Scores | undefined,
  best: Scores | undefined,
  order: readonly ScoreName[],
): boolean {
  if (!best) return true;
  for (const name of order) {
    const [value, other] = [scores?.[name], best[name]];
    if (value === undefined || other === undefined || value === other) continue;
    if (Number.isNaN(other)) return true;
    return directions[name] === 'higher' ? value > other : value < other;
  }
  return false;
}
