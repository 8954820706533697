import { ShapeError, ValueError } from '@agop/core';
import { type Label, type LabelInput, type MatrixInput, toHostMatrix } from '@agop/estimators';
import { type CollapseOptions, classifyFeatures } from './class-statistics.ts';

/**
 * NC3: alignment of a linear classifier with the centered class means A, ‖W / ‖W‖ - A / ‖A‖‖² in Frobenius
 * norms: 0 where they agree up to scale, 2 where they are orthogonal, 4 where they are opposite.
 *
 * Source: Papyan, Han, Donoho 2020 (arXiv 2008.08186), section 2.2.
 *
 * @param features [n, d]
 * @param labels [n]
 * @param classifier W [C, d]: the weights that give each class's output, in the order of the classes (sorted,
 *   or as `classes`)
 * @throws {ShapeError} where W is not [C, d]
 * @throws {ValueError} as {@link classStatistics}; also where W or all centered means are 0
 * @throws {UnknownLabelError} as {@link classStatistics}; also where W or all centered means are 0
 * @throws {DTypeError} as {@link classStatistics}; also where W or all centered means are 0
 * @throws {DisposedError} as {@link classStatistics}; also where W or all centered means are 0
 */
export async function nc3<L extends Label>(
  features: MatrixInput,
  labels: LabelInput<L>,
  classifier: MatrixInput,
  options: CollapseOptions = {},
): Promise<number> {
  const { statistics } = await classifyFeatures(features, labels, options);
  const weights = await toHostMatrix(classifier, 'Classifier');
  const count = statistics.classes.length;
  if (weights.rows !== count || weights.columns !== statistics.features) {
    throw new ShapeError(
      `The classifier must be [${count}, ${statistics.features}], one row per class, but is [${weights.rows}, ${weights.columns}].`,
    );
  }
  const { centered } = statistics;
  const [ofWeights, ofMeans] = [norm(weights.data), norm(centered)];
  if (ofWeights === 0) throw new ValueError('The classifier is 0, so that it has no direction to compare.');
  if (ofMeans === 0)
    throw new ValueError('All class means coincide, so that they have no direction to compare.');
  return centered.reduce(
    (sum, value, at) => sum + ((weights.data[at] as number) / ofWeights - value / ofMeans) ** 2,
    0,
  );
}

function norm(values: Float64Array | Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
