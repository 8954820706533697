import { ConvergenceError } from '../errors/index.ts';

/** T with diagonal d and off-diagonal e, and R with A = Rᵀ T R. */
export interface Tridiagonal {
  readonly size: number;
  readonly diagonal: Float64Array;
  /** offDiagonal[k] couples k and k + 1. */
  readonly offDiagonal: Float64Array;
  /** R, orthogonal, row-major. */
  readonly rows: Float64Array;
}

/**
 * Householder tridiagonalisation.
 * Source: Golub & Van Loan, Matrix Computations, 4th ed., section 8.3.1.
 *
 * @param a symmetric [n, n], both triangles; destroyed
 */
export function tridiagonalize(a: Float64Array, n: number): Tridiagonal {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(Math.max(0, n - 1));
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  for (let k = 0; k + 1 < n; k++) {
    const v = new Float64Array(n);
    let largest = 0;
    for (let i = k + 1; i < n; i++) largest = Math.max(largest, Math.abs(a[i * n + k] as number));
    if (largest === 0) continue;
    // Scaled, so that no square of it under- or overflows.
    for (let i = k + 1; i < n; i++) v[i] = (a[i * n + k] as number) / largest;
    const length = Math.sqrt(product(v, v, k + 1, n));
    const first = v[k + 1] as number;
    const reflected = first > 0 ? -length : length;
    offDiagonal[k] = reflected * largest;
    v[k + 1] = first - reflected;
    const squared = product(v, v, k + 1, n);
    reflectBothSides(a, v, 2 / squared, k + 1, n);
    reflectRows(rows, v, 2 / squared, k + 1, n);
  }
  for (let i = 0; i < n; i++) diagonal[i] = a[i * n + i] as number;
  return { size: n, diagonal, offDiagonal, rows };
}

/** A <- H A H on rows and columns from `begin`, H = I − factor v vᵀ: A − v wᵀ − w vᵀ. */
function reflectBothSides(a: Float64Array, v: Float64Array, factor: number, begin: number, n: number): void {
  const w = new Float64Array(n);
  for (let i = begin; i < n; i++) w[i] = factor * product(a.subarray(i * n, (i + 1) * n), v, begin, n);
  const shift = (factor / 2) * product(w, v, begin, n);
  for (let i = begin; i < n; i++) w[i] = (w[i] as number) - shift * (v[i] as number);
  for (let i = begin; i < n; i++) {
    for (let j = begin; j < n; j++) {
      const change = (v[i] as number) * (w[j] as number) + (w[i] as number) * (v[j] as number);
      a[i * n + j] = (a[i * n + j] as number) - change;
    }
  }
}

/** R <- H R, H = I − factor v vᵀ. */
function reflectRows(rows: Float64Array, v: Float64Array, factor: number, begin: number, n: number): void {
  const combined = new Float64Array(n);
  for (let i = begin; i < n; i++) addScaled(combined, 0, v[i] as number, rows, i * n, n);
  for (let i = begin; i < n; i++) addScaled(rows, i * n, -factor * (v[i] as number), combined, 0, n);
}

/**
 * Makes T diagonal, keeping A = Rᵀ T R: implicit QR steps with Wilkinson's shift on the last block that is
 * still coupled.
 * Source: Golub & Van Loan, Matrix Computations, 4th ed., section 8.3.3.
 */
export function diagonalize(t: Tridiagonal): void {
  const limit = 60 * t.size;
  const floor = couplingFloor(t);
  let steps = 0;
  for (let last = t.size - 1; last > 0; ) {
    if (isNegligible(t, last - 1, floor)) {
      last -= 1;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !isNegligible(t, first - 1, floor)) first -= 1;
    if (steps++ === limit) throw new ConvergenceError(`eigh: no convergence after ${limit} QR steps.`);
    implicitStep(t, first, last);
  }
}

function isNegligible({ diagonal: d, offDiagonal: e }: Tridiagonal, k: number, floor: number): boolean {
  const neighbours = Math.abs(d[k] as number) + Math.abs(d[k + 1] as number);
  return Math.abs(e[k] as number) <= Math.max(floor, Number.EPSILON * neighbours);
}

/**
 * Couplings up to this move no eigenvalue by more than 5e-32 of the largest entry. Where A lacks rank, the
 * reduction leaves a tail of rounding errors of rounding errors, down to where squares underflow and QR steps
 * get nowhere.
 */
function couplingFloor({ diagonal, offDiagonal }: Tridiagonal): number {
  let largest = 0;
  for (const entry of diagonal) largest = Math.max(largest, Math.abs(entry));
  for (const entry of offDiagonal) largest = Math.max(largest, Math.abs(entry));
  return Math.max(1e-290, Number.EPSILON ** 2 * largest);
}

/** One QR step on the block first .. last: a rotation makes a bulge beside the band, others chase it out. */
function implicitStep(t: Tridiagonal, first: number, last: number): void {
  const { diagonal: d, offDiagonal: e } = t;
  let x = (d[first] as number) - wilkinsonShift(t, last);
  let bulge = e[first] as number;
  for (let k = first; k < last; k++) {
    const length = Math.hypot(x, bulge);
    const c = length === 0 ? 1 : x / length;
    const s = length === 0 ? 0 : bulge / length;
    if (k > first) e[k - 1] = length;
    const [above, coupling, below] = [d[k] as number, e[k] as number, d[k + 1] as number];
    d[k] = c * c * above + 2 * c * s * coupling + s * s * below;
    d[k + 1] = s * s * above - 2 * c * s * coupling + c * c * below;
    e[k] = (c * c - s * s) * coupling + c * s * (below - above);
    if (k + 1 < last) {
      x = e[k] as number;
      bulge = s * (e[k + 1] as number);
      e[k + 1] = c * (e[k + 1] as number);
    }
    rotateRows(t, k, c, s);
  }
}

/** The eigenvalue of the lower right 2 x 2 block that is closer to its last entry. */
function wilkinsonShift({ diagonal: d, offDiagonal: e }: Tridiagonal, last: number): number {
  const half = ((d[last - 1] as number) - (d[last] as number)) / 2;
  const coupling = e[last - 1] as number;
  const root = Math.hypot(half, coupling);
  return (d[last] as number) - (coupling / (half + (half < 0 ? -root : root))) * coupling;
}

function rotateRows({ rows, size: n }: Tridiagonal, k: number, c: number, s: number): void {
  for (let j = 0; j < n; j++) {
    const upper = rows[k * n + j] as number;
    const lower = rows[(k + 1) * n + j] as number;
    rows[k * n + j] = c * upper + s * lower;
    rows[(k + 1) * n + j] = c * lower - s * upper;
  }
}

function product(a: Float64Array, b: Float64Array, begin: number, end: number): number {
  let sum = 0;
  for (let i = begin; i < end; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** to[toOffset + i] += factor · from[fromOffset + i] */
function addScaled(
  to: Float64Array,
  toOffset: number,
  factor: number,
  from: Float64Array,
  fromOffset: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) {
    to[toOffset + i] = (to[toOffset + i] as number) + factor * (from[fromOffset + i] as number);
  }
}
