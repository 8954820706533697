import { ShapeError } from '@agop/core';
import type { SquareMatrix } from './features/square-matrix.ts';

/**
 * How alike two matrices are, as vectors of their entries, from −1 to 1; NaN where one of them is constant (0 for cosine).
 * `cosine`: ⟨A, B⟩ / (‖A‖ ‖B‖). `pearson`: the same after each matrix's mean entry is subtracted from it.
 *
 * @throws {ShapeError} if their shapes differ
 */
export function matrixCorrelation(a: SquareMatrix, b: SquareMatrix, kind: 'cosine' | 'pearson'): number {
  if (a.shape.join() !== b.shape.join()) {
    throw new ShapeError(
      `Only matrices of one shape correlate, but these are [${a.shape.join(', ')}] and [${b.shape.join(', ')}].`,
    );
  }
  const [shiftA, shiftB] = kind === 'pearson' ? [mean(a.data), mean(b.data)] : [0, 0];
  let [products, squaresA, squaresB] = [0, 0, 0];
  for (const [i, entry] of a.data.entries()) {
    const x = entry - shiftA;
    const y = (b.data[i] as number) - shiftB;
    products += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return products / Math.sqrt(squaresA * squaresB);
}

function mean(entries: Float64Array): number {
  return entries.reduce((sum, entry) => sum + entry, 0) / entries.length;
}
