import type { Backend } from '@agop/core';
import { addTo, type HostMatrix, product, symmetrized, zeros } from '../linear/matrix.ts';
import { inverseRoot } from '../linear/symmetric.ts';
import { type RowSumsOptions, sumOfRows, sumOfSquares } from './sums.ts';

/** A matrix whose leading eigenvectors η are directions Cov^(-1/2) η. */
export interface InverseMatrix {
  /** Of the whitened features, [p, p]. */
  readonly matrix: HostMatrix;
  /** Cov^(-1/2), [p, p]. */
  readonly whitening: HostMatrix;
}

/** Shares, means and covariances of whitened features by slice. */
interface Slice {
  readonly share: number;
  /** m mᵀ */
  readonly outer: HostMatrix;
  /** V */
  readonly covariance: HostMatrix;
}

/**
 * The matrix of an inverse regression. With share s, mean m and covariance V of the whitened features in each
 * slice:
 *
 * - sir: Σ s m mᵀ (Li 1991, J. Am. Stat. Assoc. 86)
 * - save: Σ s (I - V)² (Cook & Weisberg 1991, J. Am. Stat. Assoc. 86)
 * - dr: 2 Σ s (V + m mᵀ)² + 2 sir² + 2 tr(sir) sir - 2 I (Li & Wang 2007, J. Am. Stat. Assoc. 102)
 *
 * Covariances divide by the number of rows.
 *
 * @param x [n, p], counted from the means of the columns
 * @param slices rows of each slice, all of them together
 */
export async function slicedMatrix(
  backend: Backend,
  method: 'sir' | 'save' | 'dr',
  x: HostMatrix,
  slices: readonly Int32Array[],
  options: RowSumsOptions,
): Promise<InverseMatrix> {
  const p = x.columns;
  const squares: HostMatrix[] = [];
  for (const rows of slices) squares.push(await sumOfSquares(backend, x, rows, undefined, options));
  const total = zeros(p, p);
  for (const square of squares) addTo(total, square, 1 / x.rows);
  const whitening = inverseRoot(total);
  const parts = slices.map((rows, at): Slice => {
    const mean = { data: sumOfRows(x, rows).map((sum) => sum / rows.length), rows: p, columns: 1 };
    const m = product(whitening, mean);
    const outer = product(m, { data: m.data, rows: 1, columns: p });
    const covariance = sandwich(whitening, squares[at] as HostMatrix, 1 / rows.length);
    addTo(covariance, outer, -1);
    return { share: rows.length / x.rows, outer, covariance };
  });
  return { matrix: matrices[method](parts, p), whitening };
}

/**
 * Principal Hessian directions: H² with H = (1/n) Σ (y - ȳ) z zᵀ over the whitened features z; of residuals
 * of a linear fit in the place of y, where these are wanted.
 *
 * Source: Li, "On principal Hessian directions", J. Am. Stat. Assoc. 87 (1992).
 *
 * @param x [n, p], counted from the means of the columns
 * @param y [n], counted from its mean
 * @param residuals whether a linear fit is subtracted from y first
 */
export async function hessianMatrix(
  backend: Backend,
  x: HostMatrix,
  y: Float64Array,
  residuals: boolean,
  options: RowSumsOptions,
): Promise<InverseMatrix> {
  const rows = Int32Array.from({ length: x.rows }, (_, i) => i);
  const covariance = await sumOfSquares(backend, x, rows, undefined, options);
  const whitening = inverseRoot(scaled(covariance, 1 / x.rows));
  const response = residuals ? residualsOf(x, y, whitening) : y;
  const sum = await sumOfSquares(backend, x, rows, response, options);
  const hessian = sandwich(whitening, symmetrized(sum), 1 / x.rows);
  return { matrix: symmetrized(product(hessian, hessian)), whitening };
}

const matrices: Readonly<Record<'sir' | 'save' | 'dr', (slices: readonly Slice[], p: number) => HostMatrix>> =
  {
    sir(slices, p) {
      const out = zeros(p, p);
      for (const { share, outer } of slices) addTo(out, outer, share);
      return out;
    },
    save(slices, p) {
      const out = zeros(p, p);
      for (const { share, covariance } of slices) {
        const rest = identity(p);
        addTo(rest, covariance, -1);
        addTo(out, product(rest, rest), share);
      }
      return symmetrized(out);
    },
    dr(slices, p) {
      const sir = matrices.sir(slices, p);
      let trace = 0;
      for (let k = 0; k < p; k++) trace += sir.data[k * (p + 1)] as number;
      const out = product(sir, sir);
      addTo(out, sir, trace);
      addTo(out, identity(p), -1);
      for (const { share, outer, covariance } of slices) {
        const second = scaled(covariance, 1);
        addTo(second, outer);
        addTo(out, product(second, second), share);
      }
      return scaled(symmetrized(out), 2);
    },
  };

function residualsOf(x: HostMatrix, y: Float64Array, whitening: HostMatrix): Float64Array {
  const { rows: n, columns: p } = x;
  const cross = zeros(p, 1);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < p; k++) {
      cross.data[k] = (cross.data[k] as number) + ((x.data[i * p + k] as number) * (y[i] as number)) / n;
    }
  }
  const slopes = product(whitening, product(whitening, cross));
  const fitted = product(x, slopes);
  return y.map((value, i) => value - (fitted.data[i] as number));
}

/** factor · W A W, symmetric. */
function sandwich(w: HostMatrix, a: HostMatrix, factor: number): HostMatrix {
  return scaled(symmetrized(product(product(w, a), w)), factor);
}

function scaled(a: HostMatrix, factor: number): HostMatrix {
  return { ...a, data: a.data.map((value) => value * factor) };
}

function identity(p: number): HostMatrix {
  const out = zeros(p, p);
  for (let k = 0; k < p; k++) out.data[k * (p + 1)] = 1;
  return out;
}
