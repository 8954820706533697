import type { Label, LabelInput, MatrixInput } from '@agop/estimators';
import { type ClassifiedFeatures, type CollapseOptions, classifyFeatures } from './class-statistics.ts';
import { type NC1, variabilityCollapse } from './nc1.ts';
import { type NC2, simplexCollapse } from './nc2.ts';

/** The metrics that features and labels alone determine. */
export interface CollapseMetrics {
  readonly nc1: NC1;
  readonly nc2: NC2;
}

/**
 * {@link nc1} and {@link nc2} of the same features, at the cost of one of them.
 *
 * @param features [n, d]
 * @param labels [n]
 * @throws {ValueError} as {@link nc1}
 * @throws {UnknownLabelError} as {@link nc1}
 * @throws {ShapeError} as {@link nc1}
 * @throws {DTypeError} as {@link nc1}
 * @throws {DisposedError} as {@link nc1}
 *
 * @example
 * const { nc1, nc2 } = await collapseMetrics(penultimateLayer, labels);
 * console.log(nc1.ratio, nc2.distance);
 */
export async function collapseMetrics<L extends Label>(
  features: MatrixInput,
  labels: LabelInput<L>,
  options: CollapseOptions = {},
): Promise<CollapseMetrics> {
  return metricsOf(await classifyFeatures(features, labels, options));
}

/** {@link collapseMetrics} of features that have been read. */
export function metricsOf(classified: ClassifiedFeatures): CollapseMetrics {
  return { nc1: variabilityCollapse(classified), nc2: simplexCollapse(classified.statistics) };
}
