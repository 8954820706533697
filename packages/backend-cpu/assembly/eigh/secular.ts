// Roots of the secular equation 1/rho + sum_j w_j^2 / (d_j - x) = 0, whose poles d_j ascend: root i lies
// between d_i and d_(i+1), the last one within rho |w|^2 of the last pole. A root is found as the distance
// from its nearer pole, so that it keeps its relative accuracy there. Iteration: the sums over the poles left
// and right are each replaced by one pole with the same value and slope ("the middle way", Li 1993, LAPACK
// working note 89), within a bracket that shrinks.

import { scratch } from '../threads';
import { f } from './arrays';

const EPSILON: f64 = 1.1102230246251565e-16;
const PATIENCE: i32 = 100;

/** Finds root i of k: stores the index of its origin (a pole) and its signed distance from there. */
export function secularRoot(
  i: i32,
  k: i32,
  d: usize,
  w: usize,
  rho: f64,
  originAt: usize,
  distanceAt: usize,
): void {
  const last = i == k - 1;
  const inverse = 1 / rho;
  let origin = i;
  let low: f64 = 0;
  let high: f64;
  let x: f64;
  if (last) {
    let squares: f64 = 0;
    for (let j = 0; j < k; j++) squares += f(w, j) * f(w, j);
    high = rho * squares;
    x = high * 0.5;
  } else {
    const gap = f(d, i + 1) - f(d, i);
    const middle = gap * 0.5;
    const value = inverse + sums(d, w, 0, k, f(d, i), middle, scratch());
    if (value < 0) {
      origin = i + 1;
      low = -middle;
      high = 0;
    } else {
      high = middle;
    }
    x = firstGuess(i, d, w, value, middle, f(d, origin), low, high);
  }

  const base = f(d, origin);
  const slopes = scratch();
  for (let iteration = 0; iteration < PATIENCE; iteration++) {
    const psi = sums(d, w, 0, i + 1, base, x, slopes);
    const psiSlope = load<f64>(slopes);
    let phi: f64 = 0;
    let phiSlope: f64 = 0;
    if (!last) {
      phi = sums(d, w, i + 1, k, base, x, slopes);
      phiSlope = load<f64>(slopes);
    }
    const value = inverse + psi + phi;
    const slope = psiSlope + phiSlope;
    const rounding = 8 * (phi - psi) + 2 * inverse + abs<f64>(x) * slope;
    if (abs<f64>(value) <= EPSILON * rounding) break;
    if (value < 0) low = x;
    else high = x;
    const next = x + step(i, last, d, base, x, value, psiSlope, phiSlope);
    const previous = x;
    x = next > low && next < high ? next : low + (high - low) * 0.5;
    // No number lies between the ends of the bracket any more.
    if (x == previous || x <= low || x >= high) break;
  }
  // On a pole (by underflow of the distance) there is no eigenvector: stay off by the smallest step.
  if (x == 0) x = origin == i ? f64.MIN_VALUE : -f64.MIN_VALUE;
  store<i32>(originAt, origin);
  store<f64>(distanceAt, x);
}

/** The root of the equation with its two nearest poles, the others replaced by their value in the middle. */
function firstGuess(
  i: i32,
  d: usize,
  w: usize,
  valueInMiddle: f64,
  middle: f64,
  base: f64,
  low: f64,
  high: f64,
): f64 {
  const left = f(d, i) - base;
  const right = f(d, i + 1) - base;
  const a = f(w, i) * f(w, i);
  const b = f(w, i + 1) * f(w, i + 1);
  // In the middle the poles are at -middle and +middle.
  const rest = valueInMiddle + a / middle - b / middle;
  const linear = rest * (left + right) + a + b;
  const free = rest * left * right + a * right + b * left;
  const root = sqrt<f64>(max<f64>(0, linear * linear - 4 * rest * free));
  const q = 0.5 * (linear + copysign<f64>(root, linear));
  const first = free / q;
  if (first > low && first < high) return first;
  const second = q / rest;
  if (second > low && second < high) return second;
  return low + (high - low) * 0.5;
}

/** The step to the root of the model. */
@inline
function step(
  i: i32,
  last: bool,
  d: usize,
  base: f64,
  x: f64,
  value: f64,
  psiSlope: f64,
  phiSlope: f64,
): f64 {
  const left = f(d, i) - base - x;
  if (last) {
    const constant = value - left * psiSlope;
    return left + (psiSlope * left * left) / constant;
  }
  const right = f(d, i + 1) - base - x;
  const slope = psiSlope + phiSlope;
  const c = value - left * psiSlope - right * phiSlope;
  const a = (left + right) * value - left * right * slope;
  const b = left * right * value;
  const root = sqrt<f64>(abs<f64>(a * a - 4 * b * c));
  let eta = a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root);
  // The function increases: go against the sign of its value.
  if (!(value * eta < 0)) eta = -value / slope;
  return eta;
}

/** sum over j in [begin, end) of w_j^2 / ((d_j - base) - x); the sum of w_j^2 / (...)^2 goes to `slope`. */
function sums(d: usize, w: usize, begin: i32, end: i32, base: f64, x: f64, slope: usize): f64 {
  const bases = f64x2.splat(base);
  const xs = f64x2.splat(x);
  let s = f64x2.splat(0);
  let t = f64x2.splat(0);
  let j = begin;
  for (; j + 2 <= end; j += 2) {
    const at = <usize>j << 3;
    const ws = v128.load(w + at);
    const r = f64x2.div(ws, f64x2.sub(f64x2.sub(v128.load(d + at), bases), xs));
    s = f64x2.add(s, f64x2.mul(ws, r));
    t = f64x2.add(t, f64x2.mul(r, r));
  }
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  let squares = f64x2.extract_lane(t, 0) + f64x2.extract_lane(t, 1);
  if (j < end) {
    const r = f(w, j) / (f(d, j) - base - x);
    sum += f(w, j) * r;
    squares += r * r;
  }
  store<f64>(slope, squares);
  return sum;
}
