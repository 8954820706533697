import { ShapeError } from '@agop/core';
import { checkNumbers } from '@agop/core/options';

/**
 * The order of a square matrix that is given as its row-major elements.
 *
 * @throws {ShapeError} if the number of elements is not a square
 */
export function orderOf(what: string, elements: ArrayLike<number>): number {
  const order = Math.round(Math.sqrt(checkNumbers('block', elements).length));
  if (order * order !== elements.length) {
    throw new ShapeError(
      `${what}: expects the elements of a square matrix, but is given ${elements.length} of them.`,
    );
  }
  return order;
}

/**
 * The rows and columns of a square matrix in a new order (or only some of them), row-major [indices,
 * indices].
 */
export function reorder(
  elements: ArrayLike<number>,
  order: number,
  indices: ArrayLike<number>,
): Float64Array {
  const n = indices.length;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      out[i * n + j] = elements[(indices[i] as number) * order + (indices[j] as number)] as number;
    }
  }
  return out;
}

export function sumOfSquares(elements: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < elements.length; i++) sum += (elements[i] as number) ** 2;
  return sum;
}

export function meanOf(elements: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < elements.length; i++) sum += elements[i] as number;
  return sum / elements.length;
}
