import { ShapeError, ValueError } from '@agop/core';
import { checkMembers } from '@agop/core/options';
import {
  type HostMatrix,
  hostLabels,
  type Label,
  LabelEncoder,
  type LabelInput,
  type MatrixInput,
  toHostMatrix,
} from '@agop/estimators';
import { faultOfSquares } from '@agop/rfm';

/** Options of the collapse metrics. */
export interface CollapseOptions {
  /**
   * The classes and their order; each must have a sample. Default those that occur, sorted: numbers, then
   * strings, then booleans.
   */
  readonly classes?: readonly Label[];
}

/** The centres of the classes of some features. All numbers are float64, computed on the host. */
export interface ClassStatistics {
  /** C classes, at least two. */
  readonly classes: readonly Label[];
  /** Class of each of the n samples, as an index into `classes`. */
  readonly assignment: Int32Array;
  /** Samples of each class, [C], each at least 1. */
  readonly counts: Int32Array;
  /** d, the length of a feature vector. */
  readonly features: number;
  /** Class means μ_c, row-major [C, d]. */
  readonly means: Float64Array;
  /** Plain average of the class means μ_G, [d]: each class counts the same, however many samples it has. */
  readonly middle: Float64Array;
  /** Centered class means μ_c - μ_G, row-major [C, d]. */
  readonly centered: Float64Array;
}

/** Features with their statistics: what the single metrics are computed from. */
export interface ClassifiedFeatures {
  readonly matrix: HostMatrix;
  readonly statistics: ClassStatistics;
}

/**
 * Means of the classes of some features.
 *
 * @param features [n, d]: any network's or kernel machine's features, rows being samples
 * @param labels [n]
 * @throws {ValueError} for NaN or infinite values, squares beyond float64, missing labels, one class only, or
 *   a class of `classes` without a sample
 * @throws {UnknownLabelError} for a label that is not among `classes`
 * @throws {ShapeError} where features and labels differ in number
 * @throws {DTypeError} for features that are of no accepted kind
 * @throws {DisposedError} for tensors that have been disposed
 */
export async function classStatistics<L extends Label>(
  features: MatrixInput,
  labels: LabelInput<L>,
  options: CollapseOptions = {},
): Promise<ClassStatistics> {
  return (await classifyFeatures(features, labels, options)).statistics;
}

/** Reads features and labels once, for metrics that need more than the statistics. */
export async function classifyFeatures<L extends Label>(
  features: MatrixInput,
  labels: LabelInput<L>,
  options: CollapseOptions = {},
): Promise<ClassifiedFeatures> {
  const matrix = await toHostMatrix(features, 'Features');
  checkSquares(matrix);
  const given: ArrayLike<Label> = await hostLabels(labels, 'Labels');
  if (given.length !== matrix.rows) {
    throw new ShapeError(`Features have ${matrix.rows} rows, but there are ${given.length} labels.`);
  }
  checkMembers('the measures of collapse', options, { classes: 'list?' });
  const encoder = options.classes ? new LabelEncoder(options.classes) : LabelEncoder.of(given, 'Labels');
  const assignment = encoder.encode(given, 'Labels');
  return { matrix, statistics: statisticsOf(matrix, assignment, encoder.classes) };
}

/** @throws {ValueError} where squares of differences to the first sample leave float64 */
function checkSquares({ data, columns }: HostMatrix): void {
  let [largest, where] = [0, 0];
  for (let at = columns; at < data.length; at++) {
    const difference = Math.abs((data[at] as number) - (data[at % columns] as number));
    if (difference > largest) [largest, where] = [difference, at];
  }
  const fault = faultOfSquares(largest, 'float64', true);
  if (!fault) return;
  const column = where % columns;
  throw new ValueError(
    `Squares of features ${fault} in float64: column ${column} differs by up to ${largest.toPrecision(3)}. Rescale them.`,
    { row: Math.floor(where / columns), column },
  );
}

/**
 * Statistics of features whose samples are assigned to classes by index.
 *
 * A mean is computed from differences to the class's first sample, so that samples that coincide have exactly
 * themselves as mean.
 *
 * @throws {ValueError} for fewer than two classes, or a class without a sample
 */
export function statisticsOf(
  { data, rows, columns: d }: HostMatrix,
  assignment: Int32Array,
  classes: readonly Label[],
): ClassStatistics {
  const count = classes.length;
  if (count < 2) throw new ValueError(`Neural collapse needs two or more classes, but there is ${count}.`);
  const counts = new Int32Array(count);
  const first = new Int32Array(count);
  for (let i = rows - 1; i >= 0; i--) {
    const c = assignment[i] as number;
    counts[c] = (counts[c] as number) + 1;
    first[c] = i;
  }
  const empty = counts.indexOf(0);
  if (empty >= 0) {
    throw new ValueError(
      `The class ${JSON.stringify(classes[empty])} has no sample, so that it has no mean. Leave it out of \`classes\`.`,
    );
  }
  const means = new Float64Array(count * d);
  for (let i = 0; i < rows; i++) {
    const c = assignment[i] as number;
    const origin = (first[c] as number) * d;
    for (let j = 0; j < d; j++) {
      const at = c * d + j;
      means[at] = (means[at] as number) + (data[i * d + j] as number) - (data[origin + j] as number);
    }
  }
  for (let c = 0; c < count; c++) {
    const origin = (first[c] as number) * d;
    for (let j = 0; j < d; j++) {
      const at = c * d + j;
      means[at] = (data[origin + j] as number) + (means[at] as number) / (counts[c] as number);
    }
  }
  const middle = new Float64Array(d);
  for (let at = 0; at < means.length; at++) {
    middle[at % d] = (middle[at % d] as number) + (means[at] as number) / count;
  }
  const centered = means.map((value, at) => value - (middle[at % d] as number));
  return { classes, assignment, counts, features: d, means, middle, centered };
}

/** Inner products of the centered class means, row-major [C, C]. */
export function centeredGram({ centered, classes, features: d }: ClassStatistics): Float64Array {
  const count = classes.length;
  const gram = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (centered[a * d + j] as number) * (centered[b * d + j] as number);
      gram[a * count + b] = sum;
      gram[b * count + a] = sum;
    }
  }
  return gram;
}
