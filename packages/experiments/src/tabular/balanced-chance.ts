import type { Label } from '@agop/data';
import type { RFMClassifier } from '@agop/rfm';
import type { TabularData } from './data.ts';

/** One in twenty gains by chance is above this many standard errors. */
const oneInTwenty = 1.645;

/**
 * What one in twenty balanced accuracies of the model gains on the held-out rows by chance alone. They come
 * in steps, of which half of one is added, so that few rows of a class are no signal by their steps.
 */
export async function balancedChance(
  model: RFMClassifier<Label>,
  { preprocessor, held }: TabularData,
): Promise<number | undefined> {
  if (held === undefined) return undefined;
  const x = preprocessor.transform(held, { unknownCategories: 'ignore' });
  const actual = preprocessor.labels(held);
  return oneInTwenty * balancedError(await model.predict(x), actual) + stepOf(actual) / 2;
}

/** The least that balanced accuracy changes where two rows change their predictions. */
function stepOf(actual: readonly Label[]): number {
  const counts = [...countsOf(actual).values()].sort((a, b) => b - a);
  const [first = 1, second = 1] = counts;
  // Of two classes, a row that is right in one makes a row right in the other.
  return (1 / first + (counts.length === 2 ? 1 / second : 0)) / counts.length;
}

/**
 * Standard deviation of the balanced accuracy of predictions that have nothing to do with the classes: over
 * all permutations of the rows. It is 0 where all predictions are one class: all orders of them are the same.
 *
 * Source: the variance of Σ a(i, π(i)), W. Hoeffding, "A combinatorial central limit theorem", Annals of
 * Mathematical Statistics 22 (1951), with a = 1 / (rows of the class) where prediction and class agree.
 *
 * @param predicted a class for each row, [n]
 * @param actual the true ones, [n]
 */
export function balancedError(predicted: readonly Label[], actual: readonly Label[]): number {
  const n = actual.length;
  if (n < 2) return 0;
  const [truth, guesses] = [countsOf(actual), countsOf(predicted)];
  // Means of a over the predictions of each class, over the rows of each class, and over all.
  const ofClass = (name: Label): number => (guesses.get(name) ?? 0) / (n * (truth.get(name) ?? 1));
  const ofGuess = (name: Label): number => (truth.has(name) ? 1 / n : 0);
  const mean = [...guesses].reduce((sum, [name, count]) => sum + (count / n) * ofGuess(name), 0);
  let squares = 0;
  for (const [name, rows] of truth) {
    for (const [guess, count] of guesses) {
      const own = name === guess ? 1 / rows : 0;
      squares += rows * count * (own - ofClass(name) - ofGuess(guess) + mean) ** 2;
    }
  }
  return Math.sqrt(squares / (n - 1)) / truth.size;
}

function countsOf(labels: readonly Label[]): Map<Label, number> {
  const counts = new Map<Label, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
