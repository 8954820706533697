import { type HostMatrix, product } from '../linear/matrix.ts';
import type { Weighting } from '../local/sums.ts';

/**
 * Weights of the first local regressions, in all p features: h = 1.4 s n^(-1/(max(p, 3) + 6)), with s the
 * root of the mean variance of the features; a center whose weights sum to less than 0.22 p gets a wider one.
 * The exponent is that of Xia et al. 2002, the factors are ours: chosen on simulated samples of
 * `fourDirections` other than those that results are shown of.
 */
export function firstWeighting(x: HostMatrix, factor: number): Weighting {
  const { rows: n, columns: p } = x;
  return {
    bandwidth: factor * 1.4 * spreadOf(x) * n ** (-1 / (Math.max(p, 3) + 6)),
    least: (0.6 * p) / Math.E,
  };
}

/**
 * Weights of local regressions near in the coordinates Bᵀx: h = 1.2 s n^(-1/(m + 4)) with s the mean standard
 * deviation of the m coordinates, the rule of the package MAVE; a center whose weights sum to less than 0.74
 * m gets a wider one.
 *
 * @param basis orthonormal, [p, m]
 */
export function refinedWeighting(x: HostMatrix, basis: HostMatrix, factor: number): Weighting {
  const { rows: n } = x;
  const m = basis.columns;
  return {
    basis,
    bandwidth: factor * 1.2 * spreadOf(product(x, basis)) * n ** (-1 / (m + 4)),
    least: (2 * m) / Math.E,
  };
}

/**
 * The root of the mean variance of the columns that vary; x is counted from their means. Turning the columns
 * does not change it.
 */
export function spreadOf({ data, rows, columns }: HostMatrix): number {
  const squares = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) {
    const j = at % columns;
    squares[j] = (squares[j] as number) + (data[at] as number) ** 2 / rows;
  }
  const varying = squares.filter((square) => square > 0);
  if (varying.length === 0) return 1;
  return Math.sqrt(varying.reduce((sum, square) => sum + square, 0) / varying.length);
}
