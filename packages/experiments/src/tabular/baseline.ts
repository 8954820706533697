import type { Table, TablePreprocessor } from '@agop/data';
import { classScore } from '@agop/estimators';
import type { ClassSelection, NumberSelection } from './settings.ts';

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
  const learned = preprocessor.labels(training);
  const classes = [...new Set(learned)];
  const shares = classes.map((one) => learned.filter((label) => label === one).length / learned.length);
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
  const [learned, judged] = [preprocessor.targets(training), preprocessor.targets(held)];
  const width = learned.shape[1];
  const means = new Float64Array(width);
  for (const [i, value] of learned.data.entries()) {
    means[i % width] = (means[i % width] as number) + value / training.rows;
  }
  const errors = Array.from(judged.data, (value, i) => Math.abs(value - (means[i % width] as number)));
  return meanOf(metric === 'mae' ? errors : errors.map((error) => error ** 2));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
