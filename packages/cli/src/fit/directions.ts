import { type Backend, chooseDType, Scope } from '@agop/core';
import type { TablePreprocessor } from '@agop/data';
import type { HostMetric } from '@agop/rfm';
import type { PixelGrid } from './findings.ts';

/** Metrics of more features are not decomposed for a report. */
const mostFeatures = 1500;

/** Eigenvalues and eigenvectors of a learned metric, the largest first. */
export interface Directions {
  readonly values: readonly number[];
  /** The first few eigenvectors, each of unit length, over the features. */
  readonly vectors: readonly Float64Array[];
}

/**
 * The directions of the feature space that a metric looks at most.
 *
 * @param count eigenvectors wanted
 * @returns undefined for metrics that are not full matrices, or too large
 */
export async function directionsOf(
  backend: Backend,
  metric: HostMetric,
  count: number,
): Promise<Directions | undefined> {
  const [rows = 0, columns = 0] = metric.shape;
  if (rows !== columns || rows < 2 || rows > mostFeatures) return undefined;
  using scope = new Scope(backend);
  const dtype = chooseDType(backend, undefined, 'float64');
  const matrix = scope.own(backend.tensor(metric.data, metric.shape, dtype));
  const decomposition = await backend.eigh(matrix);
  const values = [...(await scope.own(decomposition.values).read())].reverse();
  const vectors = await scope.own(decomposition.vectors).read();
  return {
    values,
    vectors: Array.from({ length: Math.min(count, rows) }, (_, k) =>
      Float64Array.from({ length: rows }, (_, i) => vectors[i * rows + (rows - 1 - k)] as number),
    ),
  };
}

/** A vector over the features as a picture over the pixels; columns without features are 0. */
export function directionPicture(
  vector: Float64Array,
  grid: PixelGrid,
  preprocessor: TablePreprocessor,
): number[] {
  const values = new Map(preprocessor.blocks.map(({ column, start }) => [column, vector[start] ?? 0]));
  return grid.columns.map((column) => values.get(column) ?? 0);
}
