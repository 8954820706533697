import type { Label } from '@agop/data';
import { areaUnderRocOfClasses, balancedAccuracy, brierScore } from '@agop/estimators';
import type { RFMClassifier } from '@agop/rfm';
import type { TabularData } from './data.ts';
import type { TabularSummary } from './result.ts';

/** From this share of one class on, accuracy says little. */
const unequal = 0.8;

/** One in twenty gains by chance is above this many standard errors. */
const oneInTwenty = 1.645;

/**
 * Measures that do not follow the most frequent class, of held-out rows most of which have it; undefined of
 * others, and where a class has no held-out row.
 */
export async function imbalanceOf(
  model: RFMClassifier<Label>,
  { preprocessor, held }: TabularData,
  prior: readonly number[],
): Promise<TabularSummary['imbalance']> {
  if (held === undefined) return undefined;
  const { classes } = model;
  const actual = preprocessor.labels(held).map((label) => classes.indexOf(label));
  const counts = classes.map((_, k) => actual.filter((index) => index === k).length);
  const share = Math.max(...counts) / held.rows;
  if (share < unequal || counts.includes(0) || actual.includes(-1)) return undefined;
  const x = preprocessor.transform(held, { unknownCategories: 'ignore' });
  const predicted = (await model.predict(x)).map((label) => classes.indexOf(label));
  const probabilities = await model.predictProba(x);
  return {
    share,
    balancedAccuracy: balancedAccuracy(predicted, actual),
    auc: areaUnderRocOfClasses(probabilities, actual, classes.length),
    brier: brierBesideGuess(probabilities, actual, prior),
    ...(classes.length === 2 && {
      aucChance:
        oneInTwenty * Math.sqrt((held.rows + 1) / (12 * (counts[0] as number) * (counts[1] as number))),
    }),
  };
}

/** The Brier score of probabilities beside that of the shares of the classes, and what it gains by chance. */
function brierBesideGuess(
  probabilities: ArrayLike<number>,
  actual: readonly number[],
  prior: readonly number[],
): NonNullable<NonNullable<TabularSummary['imbalance']>['brier']> {
  const classes = prior.length;
  const n = actual.length;
  const ofRow = (shares: ArrayLike<number>, index: number): number => brierScore(shares, [index], classes);
  const own = actual.map((index, row) =>
    ofRow(
      Array.from({ length: classes }, (_, k) => probabilities[row * classes + k] as number),
      index,
    ),
  );
  const guess = actual.map((index) => ofRow(prior, index));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / n, 0);
  const gains = guess.map((value, row) => value - (own[row] as number));
  const gain = mean(gains);
  const variance = mean(gains.map((value) => (value - gain) ** 2));
  return { value: mean(own), guess: mean(guess), chance: oneInTwenty * Math.sqrt(variance / n) };
}
