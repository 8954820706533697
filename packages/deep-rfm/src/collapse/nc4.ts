import { ShapeError } from '@agop/core';
import { hostLabels, type Label, type LabelInput, type MatrixInput } from '@agop/estimators';
import { type ClassifiedFeatures, type CollapseOptions, classifyFeatures } from './class-statistics.ts';

/**
 * NC4: the part of the samples for which a classifier decides like the nearest class mean (the first of
 * equally near ones). 1 where it has become the nearest-class-mean classifier.
 *
 * Source: Papyan, Han, Donoho 2020 (arXiv 2008.08186), section 2.2, which shows the part that disagrees.
 *
 * @param features [n, d]
 * @param labels [n]: the classes of the samples, whose means are taken
 * @param predictions [n]: what the classifier says; labels of no class disagree
 * @throws {ShapeError} where features, labels and predictions differ in number
 * @throws {ValueError} as {@link classStatistics}
 * @throws {UnknownLabelError} as {@link classStatistics}
 * @throws {DTypeError} as {@link classStatistics}
 * @throws {DisposedError} as {@link classStatistics}
 */
export async function nc4<L extends Label>(
  features: MatrixInput,
  labels: LabelInput<L>,
  predictions: ArrayLike<Label>,
  options: CollapseOptions = {},
): Promise<number> {
  const classified = await classifyFeatures(features, labels, options);
  return nearestMeanAgreement(classified, await hostLabels(predictions, 'Predictions'));
}

/** {@link nc4} of features that have been read. */
export function nearestMeanAgreement(
  { matrix, statistics }: ClassifiedFeatures,
  predictions: ArrayLike<Label>,
): number {
  const { data, rows, columns: d } = matrix;
  const { classes, means } = statistics;
  if (predictions.length !== rows) {
    throw new ShapeError(`Features have ${rows} rows, but there are ${predictions.length} predictions.`);
  }
  let agreeing = 0;
  for (let i = 0; i < rows; i++) {
    let [nearest, least] = [0, Number.POSITIVE_INFINITY];
    for (let c = 0; c < classes.length; c++) {
      let square = 0;
      for (let j = 0; j < d; j++) {
        square += ((data[i * d + j] as number) - (means[c * d + j] as number)) ** 2;
      }
      if (square < least) [nearest, least] = [c, square];
    }
    if (classes[nearest] === predictions[i]) agreeing += 1;
  }
  return agreeing / rows;
}
