import { checkList, checkMembers } from '@agop/core/options';
import { type Label, type MatrixInput, type ShapedArray, toHostMatrix } from '@agop/estimators';

/** Options of {@link rowsByClass}. */
export interface RowsByClassOptions {
  /** Rows of each class at most, its first ones. Default 20. */
  readonly perClass?: number;
  /** Rows at most, in all. Default 300. */
  readonly most?: number;
}

/**
 * Row numbers, class after class: the first few of each. For pictures of Gram matrices, see
 * {@link centeredCosines}.
 *
 * @param labels [n]
 * @param classes in the order wanted
 */
export function rowsByClass<L extends Label>(
  labels: ArrayLike<L>,
  classes: readonly L[],
  options: RowsByClassOptions = {},
): number[] {
  checkMembers('rowsByClass()', options, { perClass: 'number?', most: 'number?' });
  const { perClass = 20, most = 300 } = options;
  checkList('labels', labels, 'labels', () => true);
  checkList('classes', classes, 'classes', () => true);
  const each = Math.max(1, Math.min(perClass, Math.floor(most / classes.length)));
  return Array.from(classes).flatMap((label) => {
    const rows: number[] = [];
    for (let i = 0; i < labels.length && rows.length < each; i++) if (labels[i] === label) rows.push(i);
    return rows;
  });
}

/**
 * Cosines between rows after their mean has been subtracted, [n, n], float64: about n² d operations on the
 * host. With rows ordered by class, classes that collapse become blocks of ones. A row that is the mean has
 * cosines 0.
 *
 * @param features [n, d]
 * @throws {ValueError} for NaN or infinite values
 * @throws {ShapeError} for what is no matrix
 * @throws {DTypeError} for what is no matrix
 * @throws {DisposedError} for what is no matrix
 */
export async function centeredCosines(features: MatrixInput): Promise<ShapedArray> {
  const { data, rows: n, columns: d } = await toHostMatrix(features, 'Features');
  const mean = new Float64Array(d);
  for (let at = 0; at < n * d; at++) mean[at % d] = (mean[at % d] as number) + (data[at] as number) / n;
  const unit = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let j = 0; j < d; j++) {
      const value = (data[i * d + j] as number) - (mean[j] as number);
      unit[i * d + j] = value;
      square += value * value;
    }
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let j = 0; j < d; j++) unit[i * d + j] = scale * (unit[i * d + j] as number);
  }
  const cosines = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (unit[i * d + j] as number) * (unit[k * d + j] as number);
      cosines[i * n + k] = sum;
      cosines[k * n + i] = sum;
    }
  }
  return { data: cosines, shape: [n, n] };
}
