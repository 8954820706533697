// Sums over the windows of a grid whose points are runs of `inner` elements: first down the columns into
// scratch, then along the row. A run is taken in pieces, so that the sums of a grid row stay in the L1 cache.

import { SCRATCH_BYTES, WINDOW_JOB } from './layout';
import { parallel, scratch } from './threads';

/** Bytes of scratch for the sums of one grid row. */
const LINE: i32 = 16384;
/** Bytes that the loops take at a time. */
const STEP: usize = 64;

@unmanaged
class WindowJob {
  source: usize;
  target: usize;
  height: i32;
  width: i32;
  /** Bytes of a point. */
  point: usize;
  size: i32;
  padding: i32;
  outWidth: i32;
  /** Bytes of a point that are taken at a time. */
  piece: usize;
}

/** target [outHeight, outWidth, inner] = window sums of source [height, width, inner]. */
export function windowSums<T>(
  source: usize,
  height: i32,
  width: i32,
  inner: i32,
  size: i32,
  padding: i32,
  outHeight: i32,
  outWidth: i32,
  target: usize,
): void {
  if (inner == 0) return;
  const job = changetype<WindowJob>(WINDOW_JOB);
  job.source = source;
  job.target = target;
  job.height = height;
  job.width = width;
  job.point = <usize>inner * sizeof<T>();
  job.size = size;
  job.padding = padding;
  job.outWidth = outWidth;
  const room = (<usize>LINE / <usize>width) & ~(STEP - 1);
  job.piece = min(job.point, max(room, <usize>width * STEP <= SCRATCH_BYTES ? STEP : sizeof<T>()));
  const fits = <usize>width * job.piece <= SCRATCH_BYTES;
  const fn = fits ? (task: i32): void => sumRow<T>(task) : (task: i32): void => sumLongRow<T>(task);
  parallel(fn.index, outHeight, <f64>outHeight * outWidth * inner * size);
}

/** Row `y` of the result. */
function sumRow<T>(y: i32): void {
  const job = changetype<WindowJob>(WINDOW_JOB);
  const width = job.width;
  const size = job.size;
  const padding = job.padding;
  const point = job.point;
  const top = max(0, y - padding);
  const rows = min(job.height, y - padding + size) - top;
  const row = <usize>width * point;
  const out = job.target + <usize>(y * job.outWidth) * point;
  const sums = scratch();
  for (let begin: usize = 0; begin < point; begin += job.piece) {
    const bytes = min(job.piece, point - begin);
    const from = job.source + <usize>top * row + begin;
    for (let x = 0; x < width; x++) {
      sum<T>(from + <usize>x * point, row, rows, sums + <usize>x * job.piece, bytes);
    }
    for (let x = 0; x < job.outWidth; x++) {
      const left = max(0, x - padding);
      const count = min(width, x - padding + size) - left;
      sum<T>(sums + <usize>left * job.piece, job.piece, count, out + <usize>x * point + begin, bytes);
    }
  }
}

/** Row `y` of the result where not even one element of each point fits the scratch. */
function sumLongRow<T>(y: i32): void {
  const job = changetype<WindowJob>(WINDOW_JOB);
  const width = job.width;
  const size = job.size;
  const padding = job.padding;
  const point = job.point;
  const top = max(0, y - padding);
  const rows = min(job.height, y - padding + size) - top;
  const row = <usize>width * point;
  let out = job.target + <usize>(y * job.outWidth) * point;
  for (let x = 0; x < job.outWidth; x++) {
    const end = min(width, x - padding + size);
    for (let at: usize = 0; at < point; at += sizeof<T>()) {
      let total: T = 0;
      for (let r = 0; r < rows; r++) {
        for (let left = max(0, x - padding); left < end; left++) {
          total += load<T>(job.source + <usize>(top + r) * row + <usize>left * point + at);
        }
      }
      store<T>(out, total);
      out += sizeof<T>();
    }
  }
}

/** target = source + source at `stride` + ..., `count` runs of `bytes`; zeros for none. */
function sum<T>(source: usize, stride: usize, count: i32, target: usize, bytes: usize): void {
  if (count <= 0) {
    memory.fill(target, 0, bytes);
    return;
  }
  const end = source + bytes;
  if (count == 3) {
    for (; source + STEP <= end; source += STEP) {
      add3<T>(source, source + stride, source + stride + stride, target);
      target += STEP;
    }
  }
  for (; source + STEP <= end; source += STEP) {
    addMany<T>(source, stride, count, target);
    target += STEP;
  }
  for (; source < end; source += sizeof<T>()) {
    let at = source;
    let total = load<T>(at);
    for (let i = 1; i < count; i++) {
      at += stride;
      total += load<T>(at);
    }
    store<T>(target, total);
    target += sizeof<T>();
  }
}

@inline
function add3<T>(a: usize, b: usize, c: usize, target: usize): void {
  const s0 = v128.add<T>(v128.add<T>(v128.load(a), v128.load(b)), v128.load(c));
  const s1 = v128.add<T>(v128.add<T>(v128.load(a, 16), v128.load(b, 16)), v128.load(c, 16));
  const s2 = v128.add<T>(v128.add<T>(v128.load(a, 32), v128.load(b, 32)), v128.load(c, 32));
  const s3 = v128.add<T>(v128.add<T>(v128.load(a, 48), v128.load(b, 48)), v128.load(c, 48));
  v128.store(target, s0);
  v128.store(target, s1, 16);
  v128.store(target, s2, 32);
  v128.store(target, s3, 48);
}

@inline
function addMany<T>(at: usize, stride: usize, count: i32, target: usize): void {
  let s0 = v128.load(at);
  let s1 = v128.load(at, 16);
  let s2 = v128.load(at, 32);
  let s3 = v128.load(at, 48);
  for (let i = 1; i < count; i++) {
    at += stride;
    s0 = v128.add<T>(s0, v128.load(at));
    s1 = v128.add<T>(s1, v128.load(at, 16));
    s2 = v128.add<T>(s2, v128.load(at, 32));
    s3 = v128.add<T>(s3, v128.load(at, 48));
  }
  v128.store(target, s0);
  v128.store(target, s1, 16);
  v128.store(target, s2, 32);
  v128.store(target, s3, 48);
}
