import { DTypeError, ShapeError, shownValue } from '@agop/core';

/**
 * Checks that predictions, what they are compared with, and weights go together, before any loop goes over
 * them.
 *
 * @param each how many predictions there are for each actual value; default 1
 * @param width how many actual values are in a row, for the weights; default 1
 * @throws {ShapeError} where numbers differ
 * @throws {DTypeError} for anything but lists of values, none of which is missing
 */
export function checkScored(
  predicted: ArrayLike<unknown>,
  actual: ArrayLike<unknown>,
  weights: ArrayLike<number> | undefined,
  { each = 1, width = 1 }: { readonly each?: number; readonly width?: number } = {},
): void {
  const count = lengthOf(actual, 'Actual values');
  const given = lengthOf(predicted, 'Predictions');
  if (given !== count * each) {
    throw new ShapeError(`There are ${given} predictions, but ${count * each} are to be compared.`);
  }
  if (!Number.isInteger(width) || !Number.isInteger(count / width)) {
    throw new ShapeError(`${count} values do not make rows of ${width}.`);
  }
  if (weights !== undefined && lengthOf(weights, 'Weights') !== count / width) {
    throw new ShapeError(`There are ${weights.length} weights, but ${count / width} rows.`);
  }
}

function lengthOf(values: ArrayLike<unknown>, what: string): number {
  const given: unknown = values;
  if (
    typeof given !== 'object' ||
    given === null ||
    !('length' in given) ||
    !Number.isSafeInteger(given.length)
  ) {
    throw new DTypeError(`${what} must be a list, but are ${shownValue(given)}.`);
  }
  // Two that are missing are not equal. A list of holes ends here at its first one, however long it is.
  if (!ArrayBuffer.isView(given)) {
    for (let at = 0; at < values.length; at++) {
      if (values[at] === undefined) throw new DTypeError(`${what} must not be missing, but number ${at} is.`);
    }
  }
  return values.length;
}
