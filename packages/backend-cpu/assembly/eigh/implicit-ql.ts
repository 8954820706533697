// Eigenvalues and eigenvectors of a small symmetric tridiagonal matrix by the implicit QL method with
// Wilkinson's shift (Dubrulle, Martin and Wilkinson 1968; Golub and Van Loan, section 8.3). Eigenvectors are
// rows: a rotation works on two rows, along memory.

import { madd, nmadd } from '../simd';

/** Iterations per eigenvalue before giving up; two are usual. */
const PATIENCE: i32 = 60;
const EPSILON: f64 = 2.220446049250313e-16;

/**
 * d [n] becomes the eigenvalues, ascending; e [n] (entry i couples i and i + 1) is destroyed; rows of q
 * (`pitch` bytes apart, n entries each) become the eigenvectors. Returns false if it does not converge, as
 * with NaN.
 */
export function implicitQl(n: i32, d: usize, e: usize, q: usize, pitch: usize): bool {
  for (let i = 0; i < n; i++) {
    memory.fill(q + <usize>i * pitch, 0, <usize>n * 8);
    store<f64>(q + <usize>i * pitch + <usize>i * 8, 1);
  }
  if (n == 0) return true;
  store<f64>(e + <usize>(n - 1) * 8, 0);
  for (let l = 0; l < n; l++) {
    for (let iteration = 0; ; iteration++) {
      const m = firstSplit(l, n, d, e);
      if (m == l) break;
      if (iteration == PATIENCE) return false;
      sweep(l, m, n, d, e, q, pitch);
    }
  }
  for (let i = 0; i < n; i++) if (!isFinite<f64>(load<f64>(d + <usize>i * 8))) return false;
  sortAscending(n, d, q, pitch);
  return true;
}

/** The first m >= l whose coupling to m + 1 is negligible. */
function firstSplit(l: i32, n: i32, d: usize, e: usize): i32 {
  let m = l;
  for (; m < n - 1; m++) {
    const scale = abs<f64>(load<f64>(d + <usize>m * 8)) + abs<f64>(load<f64>(d + <usize>(m + 1) * 8));
    if (abs<f64>(load<f64>(e + <usize>m * 8)) <= EPSILON * scale) break;
  }
  return m;
}

/** One implicit QL step on rows l .. m. */
function sweep(l: i32, m: i32, n: i32, d: usize, e: usize, q: usize, pitch: usize): void {
  const dl = load<f64>(d + <usize>l * 8);
  const el = load<f64>(e + <usize>l * 8);
  let g = (load<f64>(d + <usize>(l + 1) * 8) - dl) / (2 * el);
  let r = hypotenuse(g, 1);
  g = load<f64>(d + <usize>m * 8) - dl + el / (g + copysign<f64>(r, g));
  let s: f64 = 1;
  let c: f64 = 1;
  let p: f64 = 0;
  for (let i = m - 1; i >= l; i--) {
    const ei = load<f64>(e + <usize>i * 8);
    const f = s * ei;
    const b = c * ei;
    r = hypotenuse(f, g);
    store<f64>(e + <usize>(i + 1) * 8, r);
    if (r == 0) {
      // Underflow: the matrix splits here.
      const at = d + <usize>(i + 1) * 8;
      store<f64>(at, load<f64>(at) - p);
      store<f64>(e + <usize>m * 8, 0);
      return;
    }
    s = f / r;
    c = g / r;
    g = load<f64>(d + <usize>(i + 1) * 8) - p;
    r = (load<f64>(d + <usize>i * 8) - g) * s + 2 * c * b;
    p = s * r;
    store<f64>(d + <usize>(i + 1) * 8, g + p);
    g = c * r - b;
    rotate(q + <usize>i * pitch, q + <usize>(i + 1) * pitch, n, c, s);
  }
  const at = d + <usize>l * 8;
  store<f64>(at, load<f64>(at) - p);
  store<f64>(e + <usize>l * 8, g);
  store<f64>(e + <usize>m * 8, 0);
}

@inline
function hypotenuse(a: f64, b: f64): f64 {
  return sqrt<f64>(a * a + b * b);
}

/** (x, y) = (c x - s y, s x + c y) */
export function rotate(x: usize, y: usize, n: i32, c: f64, s: f64): void {
  const cc = f64x2.splat(c);
  const ss = f64x2.splat(s);
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const y0 = v128.load(y);
    const y1 = v128.load(y, 16);
    v128.store(x, nmadd<f64>(ss, y0, v128.mul<f64>(cc, x0)));
    v128.store(x, nmadd<f64>(ss, y1, v128.mul<f64>(cc, x1)), 16);
    v128.store(y, madd<f64>(ss, x0, v128.mul<f64>(cc, y0)));
    v128.store(y, madd<f64>(ss, x1, v128.mul<f64>(cc, y1)), 16);
    x += 32;
    y += 32;
  }
  for (; j < n; j++) {
    const x0 = load<f64>(x);
    const y0 = load<f64>(y);
    store<f64>(x, c * x0 - s * y0);
    store<f64>(y, s * x0 + c * y0);
    x += 8;
    y += 8;
  }
}

/** Selection sort of the eigenvalues with their rows: n is small, or the order nearly right. */
function sortAscending(n: i32, d: usize, q: usize, pitch: usize): void {
  for (let i = 0; i < n - 1; i++) {
    let smallest = i;
    for (let j = i + 1; j < n; j++) {
      if (load<f64>(d + <usize>j * 8) < load<f64>(d + <usize>smallest * 8)) smallest = j;
    }
    if (smallest == i) continue;
    swap(d + <usize>i * 8, d + <usize>smallest * 8, 1);
    swap(q + <usize>i * pitch, q + <usize>smallest * pitch, n);
  }
}

function swap(x: usize, y: usize, n: i32): void {
  for (let j = 0; j < n; j++) {
    const t = load<f64>(x);
    store<f64>(x, load<f64>(y));
    store<f64>(y, t);
    x += 8;
    y += 8;
  }
}
