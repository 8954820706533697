import type { Label, LabelInput, MatrixInput } from '@agop/estimators';
import { type CollapseOptions, classifyFeatures } from './class-statistics.ts';

/** The scatter of features within and between classes. */
export interface ClassCovariances {
  /** d */
  readonly features: number;
  /** Σ_W = (1/n) Σ_i (x_i - μ_c(i))(x_i - μ_c(i))ᵀ, row-major [d, d]. */
  readonly within: Float64Array;
  /** Σ_B = (1/C) Σ_c (μ_c - μ_G)(μ_c - μ_G)ᵀ, row-major [d, d]. */
  readonly between: Float64Array;
}

/**
 * The covariances that NC1 compares, as matrices: about n d² operations on the host. The metrics themselves
 * do without them.
 *
 * @param features [n, d]
 * @param labels [n]
 * @throws {ValueError} as {@link classStatistics}
 * @throws {UnknownLabelError} as {@link classStatistics}
 * @throws {ShapeError} as {@link classStatistics}
 * @throws {DTypeError} as {@link classStatistics}
 * @throws {DisposedError} as {@link classStatistics}
 */
export async function classCovariances<L extends Label>(
  features: MatrixInput,
  labels: LabelInput<L>,
  options: CollapseOptions = {},
): Promise<ClassCovariances> {
  const { matrix, statistics } = await classifyFeatures(features, labels, options);
  const { data, rows, columns: d } = matrix;
  const { assignment, centered, classes, means } = statistics;
  const within = new Float64Array(d * d);
  const between = new Float64Array(d * d);
  const residual = new Float64Array(d);
  for (let i = 0; i < rows; i++) {
    const mean = (assignment[i] as number) * d;
    for (let j = 0; j < d; j++) residual[j] = (data[i * d + j] as number) - (means[mean + j] as number);
    addOuterProduct(within, residual, 1 / rows);
  }
  for (let c = 0; c < classes.length; c++) {
    addOuterProduct(between, centered.subarray(c * d, (c + 1) * d), 1 / classes.length);
  }
  return { features: d, within, between };
}

function addOuterProduct(matrix: Float64Array, vector: Float64Array, factor: number): void {
  const d = vector.length;
  for (let a = 0; a < d; a++) {
    const scaled = factor * (vector[a] as number);
    for (let b = 0; b < d; b++) {
      matrix[a * d + b] = (matrix[a * d + b] as number) + scaled * (vector[b] as number);
    }
  }
}
