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
    const pitch = <usize>(job.d * size);
    let i = 0;
    // Sums of four rows at a time do not wait for each other.
    for (; i + 4 <= job.n; i += 4) {
      const rows = job.x + <usize>((i * job.d + k0) * size);
      if (job.p == 1) distanceRows<T>(rows, pitch, packed, depth, 1, result);
      else if (job.p == 2) distanceRows<T>(rows, pitch, packed, depth, 2, result);
      else if (job.p == 0.5) distanceRows<T>(rows, pitch, packed, depth, 0.5, result);
      else if (job.p == 1.5) distanceRows<T>(rows, pitch, packed, depth, 1.5, result);
      else distanceRows<T>(rows, pitch, packed, depth, job.p, result);
      for (let r = 0; r < 4; r++) {
        addResult<T>(job.out + (<usize>(i + r) * job.m + j0) * sizeof<T>(), result + 32 * r, valid, k0 == 0);
      }
    }
    for (; i < job.n; i++) {
      distanceRow<T>(job.x + <usize>((i * job.d + k0) * size), packed, depth, job.p, result);
      addResult<T>(job.out + (<usize>i * job.m + j0) * sizeof<T>(), result, valid, k0 == 0);
    }
  }
}

/** Sums of a row go to the result, or are added to what is there. */
@inline
function addResult<T>(target: usize, sums: usize, valid: i32, isFirst: bool): void {
  if (valid * <i32>sizeof<T>() == 32) {
    let low = v128.load(sums);
    let high = v128.load(sums, 16);
    if (!isFirst) {
      low = v128.add<T>(v128.load(target), low);
      high = v128.add<T>(v128.load(target, 16), high);
    }
    v128.store(target, low);
    v128.store(target, high, 16);
    return;
  }
  for (let q: usize = 0; q < <usize>valid * sizeof<T>(); q += sizeof<T>()) {
    const before = isFirst ? <T>0 : load<T>(target + q);
    store<T>(target + q, before + load<T>(sums + q));
  }
}

@inline
function distanceRows<T>(rows: usize, pitch: usize, packed: usize, depth: i32, p: f64, result: usize): void {
  let a0 = v128.splat<T>(0);
  let a1 = v128.splat<T>(0);
  let b0 = v128.splat<T>(0);
  let b1 = v128.splat<T>(0);
  let c0 = v128.splat<T>(0);
  let c1 = v128.splat<T>(0);
  let d0 = v128.splat<T>(0);
  let d1 = v128.splat<T>(0);
  let third = rows + 2 * pitch;
  for (let k = 0; k < depth; k++) {
    const z0 = v128.load(packed);
    const z1 = v128.load(packed, 16);
    const a = v128.load_splat<T>(rows);
    const b = v128.load_splat<T>(rows + pitch);
    const c = v128.load_splat<T>(third);
    const d = v128.load_splat<T>(third + pitch);
    a0 = v128.add<T>(a0, powerOf<T>(v128.sub<T>(a, z0), p));
    a1 = v128.add<T>(a1, powerOf<T>(v128.sub<T>(a, z1), p));
    b0 = v128.add<T>(b0, powerOf<T>(v128.sub<T>(b, z0), p));
    b1 = v128.add<T>(b1, powerOf<T>(v128.sub<T>(b, z1), p));
    c0 = v128.add<T>(c0, powerOf<T>(v128.sub<T>(c, z0), p));
    c1 = v128.add<T>(c1, powerOf<T>(v128.sub<T>(c, z1), p));
    d0 = v128.add<T>(d0, powerOf<T>(v128.sub<T>(d, z0), p));
    d1 = v128.add<T>(d1, powerOf<T>(v128.sub<T>(d, z1), p));
    rows += sizeof<T>();
    third += sizeof<T>();
    packed += 32;
  }
  v128.store(result, a0);
  v128.store(result, a1, 16);
  v128.store(result, b0, 32);
  v128.store(result, b1, 48);
  v128.store(result, c0, 64);
  v128.store(result, c1, 80);
  v128.store(result, d0, 96);
  v128.store(result, d1, 112);
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
