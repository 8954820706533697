import { ShapeError } from '@agop/core';
import { checkNumbers } from '@agop/core/options';

/**
 * Cosine of the angle between two matrices as vectors of their elements, ⟨A, B⟩ / (‖A‖ ‖B‖), from -1 to 1.
 * NaN if one of them is zero.
 *
 * @param a elements in any order, the same for both
 * @throws {ShapeError} if they differ in length
 * @throws {OptionError} for what is no list of numbers
 */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return cosine(checkNumbers('a', a), checkNumbers('b', b), 0, 0);
}

/**
 * Pearson correlation of the elements of two matrices: the cosine after subtracting the mean of each. NaN if
 * one of them is constant.
 *
 * @param a elements in any order, the same for both
 * @throws {ShapeError} if they differ in length
 * @throws {OptionError} for what is no list of numbers
 */
export function pearsonCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  checkNumbers('a', a);
  checkNumbers('b', b);
  return cosine(a, b, meanOf(a), meanOf(b));
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>, meanA: number, meanB: number): number {
  if (a.length !== b.length) {
    throw new ShapeError(
      `The matrices to compare have ${a.length} and ${b.length} elements; give two of one shape.`,
    );
  }
  let [product, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const x = (a[i] as number) - meanA;
    const y = (b[i] as number) - meanB;
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return product / Math.sqrt(squareA * squareB);
}

function meanOf(elements: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < elements.length; i++) sum += elements[i] as number;
  return sum / elements.length;
}
