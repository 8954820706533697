// Geometry of the p-norm, coordinate by coordinate: sums of |x - z|^p over pairs of rows.

import { LP_JOB } from './layout';
import { anyPower, isPlain, plainPower } from './math/absolute-power';
import { packPanel } from './pack';
import { parallel, scratch, threadCount } from './threads';

@unmanaged
class PowerJob {
  x: usize;
  z: usize;
  n: i32;
  m: i32;
  d: i32;
  p: f64;
  out: usize;
  strips: i32;
  /** Whether p is one of the powers with a function of its own, and its table index. */
  isPlain: bool;
  kernel: i32;
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
  const width = 32 / <i32>sizeof<T>();
  job.isPlain = isPlain(p);
  job.kernel = plainRows<T>(p);
  job.strips = max(1, min(MOST_STRIPS, <i32>(STRIP_BYTES / (32 * max(1, min(d, DEPTH))))));
  // Enough tasks for all threads.
  while (job.strips > 1 && m < 4 * threadCount() * width * job.strips) job.strips /= 2;
  const across = width * job.strips;
  const fn = (task: i32): void => distanceTile<T>(task);
  parallel(fn.index, (m + across - 1) / across, <f64>n * m * d * 8);
}

/** Coordinates of Z that are packed at a time. */
const DEPTH: i32 = 512;
/** Strips of 32 bytes of columns that a task computes, and what they take at most, packed. */
const MOST_STRIPS: i32 = 16;
const STRIP_BYTES: i32 = 49152;

/**
 * All rows of some strips of columns: rows of the result are written in pieces of some cache lines.
 */
function distanceTile<T>(task: i32): void {
  const job = changetype<PowerJob>(LP_JOB);
  const size = <i32>sizeof<T>();
  const width = 32 / size;
  const begin = task * width * job.strips;
  const end = min(job.m, begin + width * job.strips);
  const packed = scratch() + 16384;
  const pitch = <usize>(job.d * size);
  for (let k0 = 0; k0 < max(1, job.d); k0 += DEPTH) {
    const depth = min(DEPTH, job.d - k0);
    const panel = <usize>(32 * depth);
    let target = packed;
    for (let j = begin; j < end; j += width) {
      const source = job.z + <usize>((j * job.d + k0) * size);
      packPanel<T>(source, job.d, 1, width, min(width, end - j), depth, <T>1, target);
      target += panel;
    }
    let i = 0;
    // Sums of four rows at a time do not wait for each other.
    for (; i + 4 <= job.n; i += 4) {
      const rows = job.x + <usize>((i * job.d + k0) * size);
      let strip = packed;
      for (let j = begin; j < end; j += width) {
        sumsOfRows<T>(job, rows, pitch, strip, depth);
        const valid = min(width, end - j);
        for (let r = 0; r < 4; r++) addResult<T>(job, i + r, j, valid, scratch() + 32 * r, k0 == 0);
        strip += panel;
      }
    }
    for (; i < job.n; i++) {
      const row = job.x + <usize>((i * job.d + k0) * size);
      let strip = packed;
      for (let j = begin; j < end; j += width) {
        if (depth == 0) memory.fill(scratch(), 0, 32);
        else if (job.isPlain) call_indirect<void>(job.kernel, row, 0, strip, depth, scratch());
        else anyRow<T>(row, strip, depth, job.p, scratch());
        addResult<T>(job, i, j, min(width, end - j), scratch(), k0 == 0);
        strip += panel;
      }
    }
  }
}

/** Sums of four rows with a strip of Z, to the scratch. */
@inline
function sumsOfRows<T>(job: PowerJob, rows: usize, pitch: usize, strip: usize, depth: i32): void {
  if (depth == 0) memory.fill(scratch(), 0, 128);
  else if (job.isPlain) call_indirect<void>(job.kernel, rows, pitch, strip, depth, scratch());
  else for (let r = 0; r < 4; r++) anyRow<T>(rows + r * pitch, strip, depth, job.p, scratch() + 32 * r);
}

/**
 * Table index of the sums for a plain power. A function for each, called through the table: inlined into one,
 * the compiler would fold their common ends together, and V8 does not fuse across basic blocks.
 */
function plainRows<T>(p: f64): i32 {
  if (p == 1) {
    const f = (x: usize, pitch: usize, z: usize, depth: i32, sums: usize): void =>
      distanceRows<T>(x, pitch, z, depth, 1, sums);
    return f.index;
  }
  if (p == 2) {
    const f = (x: usize, pitch: usize, z: usize, depth: i32, sums: usize): void =>
      distanceRows<T>(x, pitch, z, depth, 2, sums);
    return f.index;
  }
  if (p == 0.5) {
    const f = (x: usize, pitch: usize, z: usize, depth: i32, sums: usize): void =>
      distanceRows<T>(x, pitch, z, depth, 0.5, sums);
    return f.index;
  }
  const f = (x: usize, pitch: usize, z: usize, depth: i32, sums: usize): void =>
    distanceRows<T>(x, pitch, z, depth, 1.5, sums);
  return f.index;
}

/** Sums of a row go to the result, or are added to what is there. */
@inline
function addResult<T>(job: PowerJob, row: i32, column: i32, valid: i32, sums: usize, isFirst: bool): void {
  const target = job.out + (<usize>row * job.m + column) * sizeof<T>();
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
  do {
    const z0 = v128.load(packed);
    const z1 = v128.load(packed, 16);
    const a = v128.load_splat<T>(rows);
    const b = v128.load_splat<T>(rows + pitch);
    const c = v128.load_splat<T>(third);
    const d = v128.load_splat<T>(third + pitch);
    a0 = v128.add<T>(a0, plainPower<T>(v128.sub<T>(a, z0), p));
    a1 = v128.add<T>(a1, plainPower<T>(v128.sub<T>(a, z1), p));
    b0 = v128.add<T>(b0, plainPower<T>(v128.sub<T>(b, z0), p));
    b1 = v128.add<T>(b1, plainPower<T>(v128.sub<T>(b, z1), p));
    c0 = v128.add<T>(c0, plainPower<T>(v128.sub<T>(c, z0), p));
    c1 = v128.add<T>(c1, plainPower<T>(v128.sub<T>(c, z1), p));
    d0 = v128.add<T>(d0, plainPower<T>(v128.sub<T>(d, z0), p));
    d1 = v128.add<T>(d1, plainPower<T>(v128.sub<T>(d, z1), p));
    rows += sizeof<T>();
    third += sizeof<T>();
    packed += 32;
  } while (--depth);
  v128.store(result, a0);
  v128.store(result, a1, 16);
  v128.store(result, b0, 32);
  v128.store(result, b1, 48);
  v128.store(result, c0, 64);
  v128.store(result, c1, 80);
  v128.store(result, d0, 96);
  v128.store(result, d1, 112);
}

function anyRow<T>(row: usize, packed: usize, depth: i32, p: f64, result: usize): void {
  const power = v128.splat<T>(<T>p);
  let s0 = v128.splat<T>(0);
  let s1 = v128.splat<T>(0);
  do {
    const t = v128.load_splat<T>(row);
    s0 = v128.add<T>(s0, anyPower<T>(v128.sub<T>(t, v128.load(packed)), power));
    s1 = v128.add<T>(s1, anyPower<T>(v128.sub<T>(t, v128.load(packed, 16)), power));
    row += sizeof<T>();
    packed += 32;
  } while (--depth);
  v128.store(result, s0);
  v128.store(result, s1, 16);
}
