/** Eigenvalues in no particular order, and eigenvectors as rows: A = Σ_k values[k] v_k v_kᵀ. */
export interface SmallEigendecomposition {
  readonly values: Float64Array;
  /** Row k belongs to values[k]; row-major [n, n]. */
  readonly vectors: Float64Array;
}

/** More than enough: the off-diagonal part shrinks quadratically after a few sweeps. */
const mostSweeps = 60;

/**
 * Eigendecomposition of a small symmetric matrix on the host, by Jacobi rotations: about 10 n³ operations, and accurate for small eigenvalues.
 *
 * @param a row-major [n, n]; not changed
 */
export function symmetricEigen(a: Float64Array, n: number): SmallEigendecomposition {
  const m = Float64Array.from(a);
  const vectors = new Float64Array(n * n);
  for (let k = 0; k < n; k++) vectors[k * n + k] = 1;
  const at = (i: number, j: number): number => m[i * n + j] as number;
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const off = at(p, q);
        if (Math.abs(off) <= Number.EPSILON * Math.sqrt(Math.abs(at(p, p))) * Math.sqrt(Math.abs(at(q, q))))
          continue;
        rotated = true;
        const slope = (at(q, q) - at(p, p)) / (2 * off);
        const t = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.hypot(slope, 1));
        const cos = 1 / Math.hypot(t, 1);
        rotateRows(m, n, p, q, cos, t * cos);
        rotateColumns(m, n, p, q, cos, t * cos);
        rotateRows(vectors, n, p, q, cos, t * cos);
        m[p * n + q] = 0;
        m[q * n + p] = 0;
      }
    }
    if (!rotated) break;
  }
  return { values: Float64Array.from({ length: n }, (_, k) => at(k, k)), vectors };
}

function rotateRows(m: Float64Array, n: number, p: number, q: number, cos: number, sin: number): void {
  for (let j = 0; j < n; j++) rotate(m, p * n + j, q * n + j, cos, sin);
}

function rotateColumns(m: Float64Array, n: number, p: number, q: number, cos: number, sin: number): void {
  for (let i = 0; i < n; i++) rotate(m, i * n + p, i * n + q, cos, sin);
}

function rotate(m: Float64Array, at: number, other: number, cos: number, sin: number): void {
  const [x, y] = [m[at] as number, m[other] as number];
  m[at] = cos * x - sin * y;
  m[other] = sin * x + cos * y;
}
