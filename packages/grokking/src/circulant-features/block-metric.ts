import { randomArray, ShapeError } from '@agop/core';
import { cyclicGroup, structureOf } from '../fourier/cyclic-group.ts';
import { fromDiagonals } from '../structure/nearest.ts';
import { meanOf } from '../structure/square.ts';
import type { ModularOperation } from '../tasks/operation.ts';

/**
 * A random row for {@link blockCirculantMetric}: uniform on [0, 1) (Philox, stream 1 of the seed), [p] or,
 * for * and /, [p - 1].
 *
 * @throws {OptionError} for an operation that is not one of + - * /, or a p that is not prime for * and /
 */
export function randomCirculantRow(operation: ModularOperation, p: number, seed: number): Float64Array {
  return randomArray(cyclicGroup(operation, p).order, 'uniform', { seed, stream: 1 }, 'float64');
}

/**
 * The block matrix W = [[D, C], [C^T, D]] of Observation 1 with D = I - 1 1^T / p and C constant along
 * wrapped diagonals (+, *) or anti-diagonals (-, /): C_ij = r[(i - j) mod n] or r[(i + j) mod n], with r the
 * row less its mean, as in the published program. For * and / both indices are discrete logarithms and
 * residue 0 gets zeros. W is symmetric, but in general not positive semidefinite: its root takes negative
 * eigenvalues as 0.
 * Source: Mallinar et al. 2025 (arXiv 2407.20199), section 3, "Random circulant features".
 *
 * @param row wrapped diagonals of C, [p] or, for * and /, [p - 1]
 * @returns row-major [2p, 2p]
 * @throws {ShapeError} if the row has another length
 * @throws {OptionError} for an operation that is not one of + - * /, or a p that is not prime for * and /
 */
export function blockCirculantMetric(
  operation: ModularOperation,
  p: number,
  row: ArrayLike<number>,
): Float64Array {
  const { order: n, residues } = cyclicGroup(operation, p);
  if (row.length !== n) {
    throw new ShapeError(
      `blockCirculantMetric: for ${operation.formula} mod ${p} the row has ${n} entries, not ${row.length}.`,
    );
  }
  const columns = 2 * p;
  const metric = new Float64Array(columns * columns);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      const value = (i === j ? 1 : 0) - 1 / p;
      metric[i * columns + j] = value;
      metric[(p + i) * columns + p + j] = value;
    }
  }
  const mean = meanOf(row);
  const centered = Float64Array.from(row, (value) => value - mean);
  const block = fromDiagonals(centered, structureOf(operation).block);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const a = residues[i] as number;
      const b = p + (residues[j] as number);
      const value = block[i * n + j] as number;
      metric[a * columns + b] = value;
      metric[b * columns + a] = value;
    }
  }
  return metric;
}
