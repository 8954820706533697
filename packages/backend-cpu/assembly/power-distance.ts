// Geometry of the p-norm, coordinate by coordinate: sums of |x - z|^p over pairs of rows, and their
// gradients.

import { LP_JOB } from './layout';
import { absolute, all, signBit } from './math/bits';
import { exp } from './math/exp';
import { log } from './math/log';
import { packPanel } from './pack';
import { madd } from './simd';
import { parallel, scratch } from './threads';

@unmanaged
class PowerJob {
  x: usize;
  z: usize;
  weights: usize;
  n: i32;
  m: i32;
  d: i32;
  p: f64;
  out: usize;
}

/** Rows of X that one task takes. */
const ROWS: i32 = 16;

/** |t|^p; plain squares, roots and products where p allows. Zero at 0. */
@inline
function powerOf<T>(t: v128, p: f64): v128 {
  const a = absolute<T>(t);
  if (p == 1) return a;
  if (p == 2) return v128.mul<T>(a, a);
  if (p == 0.5) return v128.sqrt<T>(a);
  if (p == 1.5) return v128.mul<T>(a, v128.sqrt<T>(a));
  return exp<T>(v128.mul<T>(log<T>(a), all<T>(p)));
}

/** |t|^q sign(t), 0 at 0. */
@inline
function signedPower<T>(t: v128, q: f64): v128 {
  const zero = v128.eq<T>(t, all<T>(0.0));
  const sign = v128.and(t, signBit<T>());
  const magnitude = q == 0 ? all<T>(1.0) : powerOf<T>(t, q);
  return v128.andnot(v128.or(magnitude, sign), zero);
}

/** out [n, m]: sum over k of |x_ik - z_jk|^p. */
export function powerDistances<T>(x: usize, n: i32, z: usize, m: i32, d: i32, p: f64, out: usize): void {
  if (n == 0 || m == 0) return;
  const job = changetype<PowerJob>(LP_JOB);
  job.x = x;
  job.z = z;
  job.n = n;
  job.m = m;
  job.d = d;
  job.p = p;
  job.out = out;
  const fn = (task: i32): void => distanceStrip<T>(task);
  const width = 32 / <i32>sizeof<T>();
  // Depth is blocked so that a packed strip of Z fits the scratch.
  parallel(fn.index, (m + width - 1) / width, <f64>n * m * d * 8);
}

/** Coordinates of a strip of Z that are packed at a time. */
const DEPTH: i32 = 512;

/** A strip of 32 bytes of columns of the result: two vectors per row. */
function distanceStrip<T>(task: i32): void {
  const job = changetype<PowerJob>(LP_JOB);
  const size = <i32>sizeof<T>();
  const width = 32 / size;
  const j0 = task * width;
  const valid = min(width, job.m - j0);
  const packed = scratch() + 16384;
  const result = scratch();
  for (let k0 = 0; k0 < max(1, job.d); k0 += DEPTH) {
    const depth = min(DEPTH, job.d - k0);
    packPanel<T>(job.z + <usize>((j0 * job.d + k0) * size), job.d, 1, width, valid, depth, <T>1, packed);
    for (let i = 0; i < job.n; i++) {
      const row = job.x + <usize>((i * job.d + k0) * size);
      if (job.p == 1) distanceRow<T>(row, packed, depth, 1, result);
      else if (job.p == 2) distanceRow<T>(row, packed, depth, 2, result);
      else if (job.p == 0.5) distanceRow<T>(row, packed, depth, 0.5, result);
      else if (job.p == 1.5) distanceRow<T>(row, packed, depth, 1.5, result);
      else distanceRow<T>(row, packed, depth, job.p, result);
      const target = job.out + (<usize>i * job.m + j0) * sizeof<T>();
      for (let q: usize = 0; q < <usize>(valid * size); q += sizeof<T>()) {
        const before = k0 == 0 ? <T>0 : load<T>(target + q);
        store<T>(target + q, before + load<T>(result + q));
      }
    }
  }
}

@inline
function distanceRow<T>(row: usize, packed: usize, depth: i32, p: f64, result: usize): void {
  let s0 = v128.splat<T>(0);
  let s1 = v128.splat<T>(0);
  for (let k = 0; k < depth; k++) {
    const t = v128.load_splat<T>(row);
    s0 = v128.add<T>(s0, powerOf<T>(v128.sub<T>(t, v128.load(packed)), p));
    s1 = v128.add<T>(s1, powerOf<T>(v128.sub<T>(t, v128.load(packed, 16)), p));
    row += sizeof<T>();
    packed += 32;
  }
  v128.store(result, s0);
  v128.store(result, s1, 16);
}

/** out [n, d]: sum over j of w_ij |x_ik - z_jk|^(p-1) sign(x_ik - z_jk). */
export function powerDistanceGradients<T>(
  weights: usize,
  x: usize,
  n: i32,
  z: usize,
  m: i32,
  d: i32,
  p: f64,
  out: usize,
): void {
  if (n == 0 || d == 0) return;
  const job = changetype<PowerJob>(LP_JOB);
  job.weights = weights;
  job.x = x;
  job.z = z;
  job.n = n;
  job.m = m;
  job.d = d;
  job.p = p;
  job.out = out;
  const fn = (task: i32): void => gradientRows<T>(task);
  parallel(fn.index, (n + ROWS - 1) / ROWS, <f64>n * m * d * 8);
}

function gradientRows<T>(task: i32): void {
  const job = changetype<PowerJob>(LP_JOB);
  const size = sizeof<T>();
  const end = min(job.n, task * ROWS + ROWS);
  const aside = scratch();
  const width = 32 / <i32>size;
  const q = job.p - 1;
  for (let k0 = 0; k0 < job.d; k0 += width) {
    const bytes = <usize>min(width, job.d - k0) * size;
    for (let i = task * ROWS; i < end; i++) {
      const at = (<usize>i * job.d + k0) * size;
      const w = job.weights + <usize>i * <usize>job.m * size;
      const from = job.z + <usize>k0 * size;
      const row = job.x + at;
      // Vectors reach beyond the row's end; what is computed there is thrown away.
      if (q == 0) gradientRow<T>(row, from, w, job.m, job.d, 0, aside);
      else if (q == 1) gradientRow<T>(row, from, w, job.m, job.d, 1, aside);
      else if (q == 0.5) gradientRow<T>(row, from, w, job.m, job.d, 0.5, aside);
      else gradientRow<T>(row, from, w, job.m, job.d, q, aside);
      memory.copy(job.out + at, aside, bytes);
    }
  }
}

@inline
function gradientRow<T>(row: usize, z: usize, w: usize, m: i32, d: i32, q: f64, result: usize): void {
  const x0 = v128.load(row);
  const x1 = v128.load(row, 16);
  const pitch = <usize>d * sizeof<T>();
  let s0 = v128.splat<T>(0);
  let s1 = v128.splat<T>(0);
  for (let j = 0; j < m; j++) {
    const factor = v128.load_splat<T>(w);
    s0 = madd<T>(factor, signedPower<T>(v128.sub<T>(x0, v128.load(z)), q), s0);
    s1 = madd<T>(factor, signedPower<T>(v128.sub<T>(x1, v128.load(z, 16)), q), s1);
    z += pitch;
    w += sizeof<T>();
  }
  v128.store(result, s0);
  v128.store(result, s1, 16);
}
