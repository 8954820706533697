import type { Label, LabelInput, MatrixInput } from '@agop/estimators';
import {
  type ClassStatistics,
  type CollapseOptions,
  centeredGram,
  classifyFeatures,
} from './class-statistics.ts';

/**
 * How far the centered class means are from a simplex equiangular tight frame. All are 0 for a perfect one.
 */
export interface NC2 {
  /**
   * Mean, over the C × C entries, of the squared difference between the means' cosines and those of the
   * simplex: 1 on, -1/(C - 1) off the diagonal.
   */
  readonly distance: number;
  /** Equinorm: standard deviation of the means' norms over their average. */
  readonly equinorm: number;
  /** Equiangle: standard deviation of the cosines between two different means. */
  readonly equiangle: number;
  /** Largest angle: average of |cosine + 1/(C - 1)| over pairs of different means. */
  readonly maximalAngle: number;
}

/**
 * NC2: whether the class means, centered at their plain average, are equally long and equally far apart in
 * angle. A class whose mean is that average has no direction; its cosines count as 0.
 *
 * Source: Papyan, Han, Donoho 2020 (arXiv 2008.08186), section 2.2 for the parts; Beaglehole, Súkeník,
 * Mondelli, Belkin 2024 (arXiv 2402.13728) for `distance`.
 *
 * @param features [n, d]
 * @param labels [n]
 * @throws {ValueError} as {@link classStatistics}
 * @throws {UnknownLabelError} as {@link classStatistics}
 * @throws {ShapeError} as {@link classStatistics}
 * @throws {DTypeError} as {@link classStatistics}
 * @throws {DisposedError} as {@link classStatistics}
 */
export async function nc2<L extends Label>(
  features: MatrixInput,
  labels: LabelInput<L>,
  options: CollapseOptions = {},
): Promise<NC2> {
  return simplexCollapse((await classifyFeatures(features, labels, options)).statistics);
}

/** {@link nc2} of class means. */
export function simplexCollapse(statistics: ClassStatistics): NC2 {
  const count = statistics.classes.length;
  const gram = nearOne(centeredGram(statistics));
  const squares = Float64Array.from({ length: count }, (_, c) => gram[c * count + c] as number);
  const simplex = -1 / (count - 1);
  const cosines: number[] = [];
  let distance = 0;
  let angle = 0;
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) {
      const scale = Math.sqrt((squares[a] as number) * (squares[b] as number));
      const cosine = scale > 0 ? (gram[a * count + b] as number) / scale : 0;
      distance += (cosine - (a === b ? 1 : simplex)) ** 2;
      if (a === b) continue;
      cosines.push(cosine);
      angle += Math.abs(cosine - simplex);
    }
  }
  const norms = Array.from(squares, Math.sqrt);
  const average = mean(norms);
  return {
    distance: distance / count ** 2,
    equinorm: average > 0 ? deviation(norms) / average : 0,
    equiangle: deviation(cosines),
    maximalAngle: angle / cosines.length,
  };
}

/**
 * Multiplied by a power of two, so that products of two entries neither over- nor underflow and no bit is
 * lost.
 */
function nearOne(gram: Float64Array): Float64Array {
  const largest = gram.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(largest > 0 && Number.isFinite(largest))) return gram;
  const factor = 2 ** -Math.floor(Math.log2(largest));
  return gram.map((value) => value * factor);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Standard deviation, divided by n. Exactly 0 for equal values: differences to the first one are averaged.
 */
function deviation(values: readonly number[]): number {
  const first = values[0] as number;
  const shift = mean(values.map((value) => value - first));
  return Math.sqrt(mean(values.map((value) => (value - first - shift) ** 2)));
}
