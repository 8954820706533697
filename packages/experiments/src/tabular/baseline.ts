import type { Label, Table, TablePreprocessor } from '@agop/data';
import { classScore } from '@agop/estimators';
import type { ClassSelection, NumberSelection } from './settings.ts';

/** What a guess says: the means of training rows, or the shares of their classes in the order of these. */
export function priorOf(
  preprocessor: TablePreprocessor,
  training: Table,
  classes: readonly Label[] = [],
): number[] {
  if (preprocessor.task === 'classification') {
    const labels = preprocessor.labels(training);
    return classes.map((one) => labels.filter((label) => label === one).length / labels.length);
  }
  const { data, shape } = preprocessor.targets(training);
  const [rows, width] = shape;
  const means = new Array<number>(width).fill(0);
  for (const [i, value] of data.entries()) means[i % width] = (means[i % width] as number) + value / rows;
  return means;
}

/**
 * What a guess without features has on the held-out rows: the most frequent class, or the mean, of the
 * training rows; their shares of the classes where probabilities are judged.
 */
export function baselineOf(
  metric: ClassSelection | NumberSelection,
  preprocessor: TablePreprocessor,
  training: Table,
  held: Table,
): number {
  return preprocessor.task === 'classification'
    ? guessOfClasses(metric, preprocessor, training, held)
    : guessOfNumbers(metric, preprocessor, training, held);
}

function guessOfClasses(
  metric: ClassSelection | NumberSelection,
  preprocessor: TablePreprocessor,
  training: Table,
  held: Table,
): number {
  const classes = [...new Set(preprocessor.labels(training))];
  const shares = priorOf(preprocessor, training, classes);
  const actual = preprocessor.labels(held).map((label) => classes.indexOf(label));
  if (metric === 'mse' || metric === 'mae') {
    const errors = actual.flatMap((index) => shares.map((share, k) => (share - (k === index ? 1 : 0)) ** 2));
    return meanOf(errors);
  }
  const guesses = Float64Array.from(
    { length: held.rows * classes.length },
    (_, i) => shares[i % classes.length] ?? 0,
  );
  return classScore(metric, guesses, actual, classes.length);
}

function guessOfNumbers(
  metric: ClassSelection | NumberSelection,
  preprocessor: TablePreprocessor,
  training: Table,
  held: Table,
): number {
  const judged = preprocessor.targets(held);
  const width = judged.shape[1];
  const means = priorOf(preprocessor, training);
  const errors = Array.from(judged.data, (value, i) => Math.abs(value - (means[i % width] as number)));
  return meanOf(metric === 'mae' ? errors : errors.map((error) => error ** 2));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
