import { ShapeError } from '@agop/core';
import { meanOf } from './square.ts';

/**
 * Cosine of the angle between two matrices as vectors, <A, B> / (||A|| ||B||). With B the last AGOP of a run this is the paper's
 * AGOP alignment. NaN if one of them is zero.
 * Source: Mallinar et al. 2025 (arXiv 2407.20199), section 3.
 *
 * @param a elements in any order, the same for both
 * @throws {ShapeError} if they differ in length
 */
export function cosineAlignment(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return cosine('cosineAlignment', a, b, 0, 0);
}

/**
 * Pearson correlation of the elements of two matrices: the cosine after subtracting the mean of each. The measure of the neural feature
 * ansatz in the same paper. NaN if one of them is constant.
 *
 * @throws {ShapeError} if they differ in length
 */
export function pearsonCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return cosine('pearsonCorrelation', a, b, meanOf(a), meanOf(b));
}

function cosine(
  what: string,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  meanA: number,
  meanB: number,
): number {
  if (a.length !== b.length) {
    throw new ShapeError(
      `${what}: the matrices have ${a.length} and ${b.length} elements; give two of one shape.`,
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
