// Gradients of sums of |x - z|^p over pairs of rows, weighted: power-distance.ts has the sums themselves.

import { LP_JOB } from './layout';
import { anyPower, isPlain, plainPower } from './math/absolute-power';
import { all, signBit } from './math/bits';
import { madd } from './simd';
import { parallel, scratch } from './threads';

@unmanaged
class GradientJob {
  x: usize;
  z: usize;
  weights: usize;
  n: i32;
  m: i32;
  d: i32;
  p: f64;
  out: usize;
  /** Whether p - 1 is 0 or one of the powers with a function of its own, and its table index. */
  isPlain: bool;
  kernel: i32;
}

/** Rows of X that one task takes. */
const ROWS: i32 = 16;

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
  const job = changetype<GradientJob>(LP_JOB);
  job.weights = weights;
  job.x = x;
  job.z = z;
  job.n = n;
  job.m = m;
  job.d = d;
  job.p = p;
  job.out = out;
  if (m == 0) {
    memory.fill(out, 0, <usize>n * <usize>d * sizeof<T>());
    return;
  }
  const q = p - 1;
  job.isPlain = q == 0 || isPlain(q);
  job.kernel = plainGradients<T>(q);
  const fn = (task: i32): void => gradientRows<T>(task);
  parallel(fn.index, (n + ROWS - 1) / ROWS, <f64>n * m * d * 8);
}

function gradientRows<T>(task: i32): void {
  const job = changetype<GradientJob>(LP_JOB);
  const size = sizeof<T>();
  const end = min(job.n, task * ROWS + ROWS);
  const aside = scratch();
  const width = 32 / <i32>size;
  const lineX = <usize>job.d * size;
  const lineW = <usize>job.m * size;
  for (let k0 = 0; k0 < job.d; k0 += width) {
    const bytes = <usize>min(width, job.d - k0) * size;
    for (let i = task * ROWS; i < end; i += 2) {
      const at = (<usize>i * job.d + k0) * size;
      const w = job.weights + <usize>i * lineW;
      const z = job.z + <usize>k0 * size;
      // The last of an odd number of rows stands for two.
      const isPair = i + 1 < end;
      const pitchX = isPair ? lineX : 0;
      const pitchW = isPair ? lineW : 0;
      // Vectors reach beyond the row's end; what is computed there is thrown away.
      if (job.isPlain) call_indirect<void>(job.kernel, job.x + at, pitchX, z, w, pitchW, job.m, aside);
      else {
        anyGradient<T>(job.x + at, z, lineX, w, job.m, job.p - 1, aside);
        if (isPair) anyGradient<T>(job.x + at + pitchX, z, lineX, w + pitchW, job.m, job.p - 1, aside + 32);
      }
      memory.copy(job.out + at, aside, bytes);
      if (isPair) memory.copy(job.out + at + lineX, aside + 32, bytes);
    }
  }
}

/** Table index of the gradients for a plain power or 0, as `plainRows` has it. */
function plainGradients<T>(q: f64): i32 {
  if (q == 0) {
    const f = (x: usize, lineX: usize, z: usize, w: usize, lineW: usize, m: i32, out: usize): void =>
      plainGradient<T>(x, lineX, z, w, lineW, m, 0, out);
    return f.index;
  }
  if (q == 0.5) {
    const f = (x: usize, lineX: usize, z: usize, w: usize, lineW: usize, m: i32, out: usize): void =>
      plainGradient<T>(x, lineX, z, w, lineW, m, 0.5, out);
    return f.index;
  }
  if (q == 1) {
    const f = (x: usize, lineX: usize, z: usize, w: usize, lineW: usize, m: i32, out: usize): void =>
      plainGradient<T>(x, lineX, z, w, lineW, m, 1, out);
    return f.index;
  }
  if (q == 1.5) {
    const f = (x: usize, lineX: usize, z: usize, w: usize, lineW: usize, m: i32, out: usize): void =>
      plainGradient<T>(x, lineX, z, w, lineW, m, 1.5, out);
    return f.index;
  }
  const f = (x: usize, lineX: usize, z: usize, w: usize, lineW: usize, m: i32, out: usize): void =>
    plainGradient<T>(x, lineX, z, w, lineW, m, 2, out);
  return f.index;
}

/** 32 bytes of the gradients at two rows. */
@inline
function plainGradient<T>(
  x: usize,
  pitchX: usize,
  z: usize,
  w: usize,
  pitchW: usize,
  m: i32,
  q: f64,
  out: usize,
): void {
  const x0 = v128.load(x);
  const x1 = v128.load(x, 16);
  const y0 = v128.load(x + pitchX);
  const y1 = v128.load(x + pitchX, 16);
  const pitchZ = <usize>changetype<GradientJob>(LP_JOB).d * sizeof<T>();
  let w2 = w + pitchW;
  let s0 = v128.splat<T>(0);
  let s1 = v128.splat<T>(0);
  let r0 = v128.splat<T>(0);
  let r1 = v128.splat<T>(0);
  do {
    const z0 = v128.load(z);
    const z1 = v128.load(z, 16);
    const factor = v128.load_splat<T>(w);
    const other = v128.load_splat<T>(w2);
    s0 = madd<T>(factor, signedPlain<T>(v128.sub<T>(x0, z0), q), s0);
    s1 = madd<T>(factor, signedPlain<T>(v128.sub<T>(x1, z1), q), s1);
    r0 = madd<T>(other, signedPlain<T>(v128.sub<T>(y0, z0), q), r0);
    r1 = madd<T>(other, signedPlain<T>(v128.sub<T>(y1, z1), q), r1);
    z += pitchZ;
    w += sizeof<T>();
    w2 += sizeof<T>();
  } while (--m);
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, r0, 32);
  v128.store(out, r1, 48);
}

@inline
function signedPlain<T>(t: v128, q: f64): v128 {
  return signed<T>(t, q == 0 ? all<T>(1.0) : plainPower<T>(t, q));
}

/** 32 bytes of the gradient at a row, for any power. */
function anyGradient<T>(x: usize, z: usize, pitch: usize, w: usize, m: i32, q: f64, out: usize): void {
  const power = v128.splat<T>(<T>q);
  const x0 = v128.load(x);
  const x1 = v128.load(x, 16);
  let s0 = v128.splat<T>(0);
  let s1 = v128.splat<T>(0);
  do {
    const factor = v128.load_splat<T>(w);
    const t0 = v128.sub<T>(x0, v128.load(z));
    const t1 = v128.sub<T>(x1, v128.load(z, 16));
    s0 = madd<T>(factor, signed<T>(t0, anyPower<T>(t0, power)), s0);
    s1 = madd<T>(factor, signed<T>(t1, anyPower<T>(t1, power)), s1);
    z += pitch;
    w += sizeof<T>();
  } while (--m);
  v128.store(out, s0);
  v128.store(out, s1, 16);
}

/** `magnitude` with the sign of t, 0 where t is 0. */
@inline
function signed<T>(t: v128, magnitude: v128): v128 {
  const sign = v128.and(t, signBit<T>());
  return v128.andnot(v128.or(magnitude, sign), v128.eq<T>(t, all<T>(0.0)));
}
