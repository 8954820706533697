import { checkNumbers } from '@agop/core/options';
import type { BlockShape } from '../tasks/operation.ts';
import { meanOf, orderOf } from './square.ts';

/**
 * The mean of each wrapped diagonal: entry s averages B_ij over (i - j) mod n = s (circulant) or (i + j) mod
 * n = s (hankel), [n].
 *
 * @param block row-major [n, n]
 * @throws {ShapeError} if it is not square
 */
export function diagonalMeans(block: ArrayLike<number>, shape: BlockShape): Float64Array {
  const n = orderOf('diagonalMeans', block);
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const s = diagonalIndex(i, j, n, shape);
      means[s] = (means[s] as number) + (block[i * n + j] as number) / n;
    }
  }
  return means;
}

/**
 * The matrix whose wrapped diagonals hold the given values, row-major [n, n]: the inverse of
 * {@link diagonalMeans}.
 *
 * @throws {OptionError} for values that are no numbers
 */
export function fromDiagonals(values: ArrayLike<number>, shape: BlockShape): Float64Array {
  const n = checkNumbers('values', values).length;
  const block = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) block[i * n + j] = values[diagonalIndex(i, j, n, shape)] as number;
  }
  return block;
}

/**
 * The nearest matrix (Frobenius norm) that is constant along wrapped diagonals, row-major [n, n].
 *
 * @param block row-major [n, n]
 * @throws {ShapeError} if it is not square
 */
export function nearestOfShape(block: ArrayLike<number>, shape: BlockShape): Float64Array {
  return fromDiagonals(diagonalMeans(block, shape), shape);
}

/**
 * The nearest matrix (Frobenius norm) of the form c1 I + c2 1 1^T, row-major [n, n]: the form of the metric's
 * diagonal blocks in Observation 1 of Mallinar et al. 2025.
 *
 * @param block row-major [n, n]
 * @throws {ShapeError} if it is not square
 */
export function nearestScalarPlusConstant(block: ArrayLike<number>): Float64Array {
  const n = orderOf('nearestScalarPlusConstant', block);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += block[i * n + i] as number;
  const offDiagonal = n > 1 ? (meanOf(block) * n * n - trace) / (n * (n - 1)) : 0;
  const nearest = new Float64Array(n * n).fill(offDiagonal);
  for (let i = 0; i < n; i++) nearest[i * n + i] = trace / n;
  return nearest;
}

function diagonalIndex(i: number, j: number, n: number, shape: BlockShape): number {
  return shape === 'circulant' ? (i - j + n) % n : (i + j) % n;
}
