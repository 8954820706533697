import {
  classScore,
  directionOf,
  nameOfScore,
  numericScore,
  type Score,
  toProbabilities,
} from '@agop/estimators';
import { calibrate, toCalibrated } from '../calibration/temperature.ts';

/** What predictions for some rows are compared with. Plain data where the score is a name. */
export interface Comparison {
  readonly score: Score;
  readonly task: 'classification' | 'regression';
  /** Class indices [n], or values [n, columns], row-major. */
  readonly actual: Int32Array | Float64Array;
  /** Classes, or outputs. */
  readonly columns: number;
  /** How much each row counts, [n]; undefined where all count alike. */
  readonly weights: Float64Array | undefined;
}

/** The value of a score for predictions, [n, columns]. */
export function scoreOf(
  { task, actual, columns, weights }: Comparison,
  score: Score,
  predictions: ArrayLike<number>,
): number {
  if (task === 'regression') {
    return typeof score === 'string'
      ? numericScore(score, predictions, actual, columns, weights)
      : score.of({ predicted: predictions, actual, columns, weights });
  }
  if (score === 'brier') {
    return classScore(score, toProbabilities(predictions, columns), actual, columns, weights);
  }
  if (score !== 'logLoss' && typeof score === 'string') {
    return classScore(score, predictions, actual, columns, weights);
  }
  const map = calibrate(predictions, actual, columns, weights);
  const probabilities = toCalibrated(predictions, columns, map);
  return typeof score === 'string'
    ? classScore(score, probabilities, actual, columns, weights)
    : score.of({ predicted: probabilities, actual, columns, weights });
}

/** How bad predictions are by the score of a comparison, smaller is better; NaN where it has no value. */
export function lossOf(comparison: Comparison, predictions: ArrayLike<number>): number {
  const { score } = comparison;
  const value = scoreOf(comparison, score, predictions);
  // Few rows give few accuracies: where they are equal, probabilities decide.
  const isCoarse = ['accuracy', 'balancedAccuracy', 'f1'].includes(nameOfScore(score));
  const finer = isCoarse ? value - 1e-6 * scoreOf(comparison, 'brier', predictions) : value;
  return directionOf(score) === 'higher' ? -finer : finer;
}
