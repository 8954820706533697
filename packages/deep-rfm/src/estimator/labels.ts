import { isTfTensor, ShapeError, toHostVector } from '@agop/core';
import type { Label, LabelInput } from '@agop/rfm';

/** Labels on the host. */
export async function hostLabels<L extends Label>(
  labels: LabelInput<L>,
  what: string,
): Promise<ArrayLike<L>> {
  if (!isTfTensor(labels)) return labels;
  // A tf.Tensor holds numbers, so that L is number.
  const { data } = await toHostVector(labels, what);
  return Array.from(data) as L[];
}

/** @throws {ShapeError} where there are not as many labels as rows */
export function checkCount(rows: number, labels: number, prefix: string): void {
  if (rows !== labels)
    throw new ShapeError(`${prefix}X has ${rows} rows, but ${prefix}y has ${labels} labels.`);
}

/** Fraction of rows whose label is right. @throws {ShapeError} where there are not as many labels as predictions */
export function accuracy(predicted: ArrayLike<unknown>, actual: ArrayLike<unknown>): number {
  checkCount(predicted.length, actual.length, '');
  let hits = 0;
  for (let i = 0; i < actual.length; i++) if (predicted[i] === actual[i]) hits += 1;
  return hits / actual.length;
}
