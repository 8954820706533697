import type { Label } from '@agop/data';
import { areaUnderRocOfClasses, balancedAccuracy } from '@agop/estimators';
import type { RFMClassifier } from '@agop/rfm';
import type { TabularData } from './data.ts';
import type { TabularSummary } from './result.ts';

/** From this share of one class on, accuracy says little. */
const unequal = 0.8;

/**
 * Measures that do not follow the most frequent class, of held-out rows most of which have it; undefined of
 * others, and where a class has no held-out row.
 */
export async function imbalanceOf(
  model: RFMClassifier<Label>,
  { preprocessor, held }: TabularData,
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
  };
}
