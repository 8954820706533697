import { cholesky, eigh, solveTriangular } from '@agop/core/host';
import { firstColumns, type HostMatrix, product, transposed, zeros } from './matrix.ts';

/** Eigenvalues in descending order, and the eigenvectors as columns. */
export interface Eigen {
  /** [p] */
  readonly values: Float64Array;
  /** [p, p] */
  readonly vectors: HostMatrix;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, the largest first, in float64. Each eigenvector's entry
 * of largest size is positive.
 *
 * @throws {ConvergenceError} for NaN and infinite entries
 */
export function eigenOf(a: HostMatrix): Eigen {
  const p = a.rows;
  const ascending = eigh(a.data, p);
  const vectors = zeros(p, p);
  for (let k = 0; k < p; k++) {
    const from = p - 1 - k;
    let largest = 0;
    for (let i = 0; i < p; i++) {
      const value = ascending.vectors[i * p + from] as number;
      if (Math.abs(value) > Math.abs(largest) * (1 + 1e-9)) largest = value;
    }
    const sign = largest < 0 ? -1 : 1;
    for (let i = 0; i < p; i++) vectors.data[i * p + k] = sign * (ascending.vectors[i * p + from] as number);
  }
  return { values: ascending.values.slice().reverse(), vectors };
}

/** The eigenvectors of the largest eigenvalues, [p, count]. */
export function leadingVectors(a: HostMatrix, count: number): HostMatrix {
  return firstColumns(eigenOf(a).vectors, count);
}

/** Eigenvalues below this part of the largest one are 0 but for rounding. */
const negligible = 1e-10;

/**
 * A^(1/2) and A^(-1/2) of a positive semidefinite matrix; directions in which A is 0 (constant or repeated
 * columns) stay 0 in both, as in a pseudo-inverse.
 */
export function rootsOf(a: HostMatrix): { readonly root: HostMatrix; readonly inverse: HostMatrix } {
  const { values, vectors } = eigenOf(a);
  const floor = negligible * (values[0] ?? 0);
  const power = (exponent: number): HostMatrix => {
    const half = {
      ...vectors,
      data: vectors.data.map((value, at) => {
        const eigenvalue = values[at % a.rows] as number;
        return eigenvalue > floor ? value * eigenvalue ** (exponent / 2) : 0;
      }),
    };
    return product(half, transposed(half));
  };
  return { root: power(0.5), inverse: power(-0.5) };
}

/** A^(-1/2), see {@link rootsOf}. */
export function inverseRoot(a: HostMatrix): HostMatrix {
  return rootsOf(a).inverse;
}

/**
 * The columns made orthonormal from left to right: the first k span what the first k have spanned. A column
 * that depends on those before it becomes an axis that does not.
 *
 * Modified Gram-Schmidt, twice. Source: Golub & Van Loan, Matrix Computations, 4th ed., section 5.2.
 */
export function orthonormalized(a: HostMatrix): HostMatrix {
  const out = { ...a, data: a.data.slice() };
  const { rows, columns } = out;
  for (let k = 0; k < columns; k++) {
    if (!reduceColumn(out, k)) {
      for (let axis = 0; axis < rows; axis++) {
        for (let i = 0; i < rows; i++) out.data[i * columns + k] = i === axis ? 1 : 0;
        if (reduceColumn(out, k)) break;
      }
    }
  }
  return out;
}

/** Makes column k orthogonal to those before it, of length 1; false where nothing is left of it. */
function reduceColumn({ data, rows, columns }: HostMatrix, k: number): boolean {
  const inner = (a: number, b: number): number => {
    let sum = 0;
    for (let at = 0; at < rows * columns; at += columns) {
      sum += (data[at + a] as number) * (data[at + b] as number);
    }
    return sum;
  };
  const before = Math.sqrt(inner(k, k));
  for (let pass = 0; pass < 2; pass++) {
    for (let other = 0; other < k; other++) {
      const share = inner(other, k);
      for (let at = 0; at < rows * columns; at += columns) {
        data[at + k] = (data[at + k] as number) - share * (data[at + other] as number);
      }
    }
  }
  const length = Math.sqrt(inner(k, k));
  if (!(length > 1e-12 * before)) return false;
  for (let at = k; at < rows * columns; at += columns) data[at] = (data[at] as number) / length;
  return true;
}

/** B (BᵀB)^(-1/2): the matrix with orthonormal columns that is nearest to B, and spans the same. */
export function polarFactor(b: HostMatrix): HostMatrix {
  return product(b, inverseRoot(product(transposed(b), b)));
}

/**
 * X of (A + ridge I) X = B by Cholesky in float64.
 *
 * @throws {NotPositiveDefiniteError}
 */
export function solvePositive(a: HostMatrix, b: HostMatrix, ridge = 0): HostMatrix {
  const dense = ({ data, rows, columns }: HostMatrix) => ({
    buffer: data.slice(),
    dtype: 'float64' as const,
    rows,
    columns,
  });
  const [factor, x] = [dense(a), dense(b)];
  cholesky(factor, ridge);
  solveTriangular(factor, x, false);
  solveTriangular(factor, x, true);
  return { data: x.buffer, rows: b.rows, columns: b.columns };
}
