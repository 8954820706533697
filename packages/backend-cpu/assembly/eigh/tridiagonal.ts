// Householder tridiagonalisation A = Q T Qᵀ of a symmetric matrix, from the last row upwards, on the lower
// triangle in f64.
//
// Reflector k turns row k left of the diagonal into one entry: H_k = I - tau v vᵀ with v of length k, last
// entry 1. It is stored in row k. The rank-2 update that a reflector causes is not applied at once: it is
// fused with the next reflector's matrix-vector product, so each step reads and writes the triangle once.

import { EIGH_JOB } from '../layout';
import { madd, nmadd } from '../simd';
import { parallel, scratch } from '../threads';

@unmanaged
class TridiagonalJob {
  a: usize;
  n: i32;
  /** Order of what is left, and of its last rows' chunks. */
  k: i32;
  chunks: i32;
  /** True if the update of (v, w) is still to be applied. */
  pending: bool;
  /**
   * The latest update A -= v wᵀ + w vᵀ, the new reflector u, its product y = A u as partial sums, one per
   * chunk.
   */
  v: usize;
  w: usize;
  u: usize;
  partials: usize;
  pitch: usize;
}

/** Chunks of rows with a partial product each: fixed by the order alone. */
const MOST_CHUNKS: i32 = 16;

/** f64 words of memory that `tridiagonalise` needs. */
export function tridiagonalWords(n: i32): i32 {
  return (3 + MOST_CHUNKS) * (n + 8);
}

/**
 * Reduces A [n, n] (lower triangle, row-major). diagonal [n], offDiagonal [n]: entry i couples i and i + 1;
 * taus [n]. Row k of A holds reflector k afterwards.
 */
export function tridiagonalise(
  n: i32,
  a: usize,
  diagonal: usize,
  offDiagonal: usize,
  taus: usize,
  memoryAt: usize,
): void {
  const job = changetype<TridiagonalJob>(EIGH_JOB);
  job.a = a;
  job.n = n;
  job.pitch = <usize>(n + 8) * 8;
  job.v = memoryAt;
  job.w = memoryAt + job.pitch;
  job.u = memoryAt + 2 * job.pitch;
  job.partials = memoryAt + 3 * job.pitch;
  job.pending = false;
  for (let k = n - 1; k >= 0; k--) {
    const row = a + <usize>k * <usize>n * 8;
    if (job.pending) updateRow(row, k + 1, load<f64>(job.v + <usize>k * 8), load<f64>(job.w + <usize>k * 8), job);
    store<f64>(diagonal + <usize>k * 8, load<f64>(row + <usize>k * 8));
    if (k == 0) break;
    const tau = reflector(row, k, offDiagonal + <usize>(k - 1) * 8);
    store<f64>(taus + <usize>k * 8, tau);
    job.k = k;
    memory.copy(job.u, row, <usize>k * 8);
    // Vectors are read a little beyond their end.
    memory.fill(job.u + <usize>k * 8, 0, 64);
    job.chunks = k < 160 ? 1 : k < 512 ? 4 : MOST_CHUNKS;
    const fn = (task: i32): void => chunk(task);
    parallel(fn.index, job.chunks, <f64>k * k * 2);
    finishProduct(job, tau);
    const old = job.v;
    job.v = job.u;
    job.u = old;
    job.pending = true;
  }
}

/** row[0 .. n) -= vi w + wi v */
function updateRow(row: usize, n: i32, vi: f64, wi: f64, job: TridiagonalJob): void {
  for (let j: usize = 0; <i32>j < n; j++) {
    const at = j * 8;
    store<f64>(row + at, load<f64>(row + at) - vi * load<f64>(job.w + at) - wi * load<f64>(job.v + at));
  }
}

/** Below this sum of squares, some of them may have underflowed. */
const SMALL_SQUARES: f64 = 1e-200;
/** 2^600, by which entries are multiplied then. */
const LIFT: f64 = reinterpret<f64>(1623 << 52);

/**
 * Turns x [k] into the reflector that maps it to (0, ..., 0, beta); stores beta, returns tau
 * (0 for the identity).
 */
function reflector(x: usize, k: i32, beta: usize): f64 {
  const last = x + <usize>(k - 1) * 8;
  const squares = sumOfSquares(x, last);
  const alpha = load<f64>(last);
  if (squares + alpha * alpha < SMALL_SQUARES) {
    for (let at = x; at <= last; at += 8) store<f64>(at, load<f64>(at) * LIFT);
    const tau = reflect(x, last, sumOfSquares(x, last), beta);
    store<f64>(beta, load<f64>(beta) / LIFT);
    return tau;
  }
  return reflect(x, last, squares, beta);
}

/** Sum of the squares from x up to `last`, which is left out. */
@inline
function sumOfSquares(x: usize, last: usize): f64 {
  let squares: f64 = 0;
  for (let at = x; at < last; at += 8) squares += load<f64>(at) * load<f64>(at);
  return squares;
}

/** The reflector of a vector with a last entry, given the squares of the others. */
@inline
function reflect(x: usize, last: usize, squares: f64, beta: usize): f64 {
  const alpha = load<f64>(last);
  store<f64>(last, 1);
  if (squares == 0) {
    store<f64>(beta, alpha);
    return 0;
  }
  const norm = sqrt<f64>(alpha * alpha + squares);
  const b = alpha > 0 ? -norm : norm;
  const factor = 1 / (alpha - b);
  for (let at = x; at < last; at += 8) store<f64>(at, load<f64>(at) * factor);
  store<f64>(beta, b);
  return (b - alpha) / b;
}

/** w = tau y - (tau^2 / 2) (yᵀ u) u, y being the sum of the chunks' partial products. */
function finishProduct(job: TridiagonalJob, tau: f64): void {
  const k = job.k;
  const y = job.w;
  let dot: f64 = 0;
  for (let j = 0; j < k; j++) {
    let sum: f64 = 0;
    let at = job.partials + <usize>j * 8;
    for (let c = 0; c < job.chunks; c++) {
      // A chunk's rows, and so its sums, end before the next chunk's.
      if (j < chunkEnd(job, c)) sum += load<f64>(at);
      at += job.pitch;
    }
    store<f64>(y + <usize>j * 8, sum);
    dot += sum * load<f64>(job.u + <usize>j * 8);
  }
  const shift = 0.5 * tau * tau * dot;
  for (let j: usize = 0; <i32>j < k; j++) {
    const at = y + j * 8;
    store<f64>(at, tau * load<f64>(at) - shift * load<f64>(job.u + j * 8));
  }
  memory.fill(y + <usize>k * 8, 0, 64);
}

/** Row after the last one of a chunk; even, and so that chunks have about equally many elements. */
@inline
function chunkEnd(job: TridiagonalJob, c: i32): i32 {
  if (c == job.chunks - 1) return job.k;
  return <i32>(<f64>job.k * sqrt<f64>(<f64>(c + 1) / job.chunks)) & ~1;
}

function chunk(task: i32): void {
  const job = changetype<TridiagonalJob>(EIGH_JOB);
  const begin = task == 0 ? 0 : chunkEnd(job, task - 1);
  const end = chunkEnd(job, task);
  const y = job.partials + <usize>task * job.pitch;
  memory.fill(y, 0, <usize>end * 8);
  const pitch = <usize>job.n * 8;
  let i = begin;
  for (; i + 2 <= end; i += 2) rowPair(job, job.a + <usize>i * pitch, pitch, i, y);
  if (i < end) singleRow(job, job.a + <usize>i * pitch, i, 0, y);
}

/** Applies the pending update to rows i and i + 1 and adds their part of the product with u. */
function rowPair(job: TridiagonalJob, row: usize, pitch: usize, i: i32, y: usize): void {
  const common = i & ~3;
  if (common > 0) {
    const at = <usize>i * 8;
    const sums = scratch();
    if (job.pending) updateAndMultiply(row, row + pitch, job, at, common, y, sums);
    else multiply(row, row + pitch, job, at, common, y, sums);
    addTo(y + at, load<f64>(sums) + load<f64>(sums + 8) + load<f64>(sums + 16) + load<f64>(sums + 24));
    addTo(y + at + 8, load<f64>(sums + 32) + load<f64>(sums + 40) + load<f64>(sums + 48) + load<f64>(sums + 56));
  }
  singleRow(job, row, i, common, y);
  singleRow(job, row + pitch, i + 1, common, y);
}

@inline
function addTo(at: usize, x: f64): void {
  store<f64>(at, load<f64>(at) + x);
}

/** One row from column `begin` on. */
function singleRow(job: TridiagonalJob, row: usize, i: i32, begin: i32, y: usize): void {
  const ui = load<f64>(job.u + <usize>i * 8);
  const vi = job.pending ? load<f64>(job.v + <usize>i * 8) : 0;
  const wi = job.pending ? load<f64>(job.w + <usize>i * 8) : 0;
  let sum: f64 = 0;
  for (let j = begin; j <= i; j++) {
    const at = <usize>j * 8;
    let x = load<f64>(row + at);
    if (job.pending) {
      x = x - vi * load<f64>(job.w + at) - wi * load<f64>(job.v + at);
      store<f64>(row + at, x);
    }
    sum += x * load<f64>(job.u + at);
    if (j < i) addTo(y + at, x * ui);
  }
  addTo(y + <usize>i * 8, sum);
}

/**
 * The first n columns of two rows: update, store, multiply by u both ways. Two vectors at a time: V8 fuses
 * them.
 */
function updateAndMultiply(
  row0: usize,
  row1: usize,
  job: TridiagonalJob,
  at: usize,
  n: i32,
  y: usize,
  sums: usize,
): void {
  const v0 = v128.load_splat<f64>(job.v + at);
  const w0 = v128.load_splat<f64>(job.w + at);
  const u0 = v128.load_splat<f64>(job.u + at);
  const v1 = v128.load_splat<f64>(job.v + at + 8);
  const w1 = v128.load_splat<f64>(job.w + at + 8);
  const u1 = v128.load_splat<f64>(job.u + at + 8);
  let v = job.v;
  let w = job.w;
  let u = job.u;
  let s0 = v128.splat<f64>(0);
  let t0 = v128.splat<f64>(0);
  let s1 = v128.splat<f64>(0);
  let t1 = v128.splat<f64>(0);
  do {
    const va = v128.load(v);
    const vb = v128.load(v, 16);
    const wa = v128.load(w);
    const wb = v128.load(w, 16);
    const ua = v128.load(u);
    const ub = v128.load(u, 16);
    const a0 = nmadd<f64>(w0, va, nmadd<f64>(v0, wa, v128.load(row0)));
    const b0 = nmadd<f64>(w0, vb, nmadd<f64>(v0, wb, v128.load(row0, 16)));
    const a1 = nmadd<f64>(w1, va, nmadd<f64>(v1, wa, v128.load(row1)));
    const b1 = nmadd<f64>(w1, vb, nmadd<f64>(v1, wb, v128.load(row1, 16)));
    s0 = madd<f64>(a0, ua, s0);
    t0 = madd<f64>(b0, ub, t0);
    s1 = madd<f64>(a1, ua, s1);
    t1 = madd<f64>(b1, ub, t1);
    const ya = madd<f64>(a1, u1, madd<f64>(a0, u0, v128.load(y)));
    const yb = madd<f64>(b1, u1, madd<f64>(b0, u0, v128.load(y, 16)));
    v128.store(row0, a0);
    v128.store(row0, b0, 16);
    v128.store(row1, a1);
    v128.store(row1, b1, 16);
    v128.store(y, ya);
    v128.store(y, yb, 16);
    row0 += 32;
    row1 += 32;
    v += 32;
    w += 32;
    u += 32;
    y += 32;
    n -= 4;
  } while (n > 0);
  v128.store(sums, s0);
  v128.store(sums, t0, 16);
  v128.store(sums, s1, 32);
  v128.store(sums, t1, 48);
}

/** The same without an update: the first reflector. */
function multiply(
  row0: usize,
  row1: usize,
  job: TridiagonalJob,
  at: usize,
  n: i32,
  y: usize,
  sums: usize,
): void {
  const u0 = v128.load_splat<f64>(job.u + at);
  const u1 = v128.load_splat<f64>(job.u + at + 8);
  let u = job.u;
  let s0 = v128.splat<f64>(0);
  let t0 = v128.splat<f64>(0);
  let s1 = v128.splat<f64>(0);
  let t1 = v128.splat<f64>(0);
  do {
    const ua = v128.load(u);
    const ub = v128.load(u, 16);
    const a0 = v128.load(row0);
    const b0 = v128.load(row0, 16);
    const a1 = v128.load(row1);
    const b1 = v128.load(row1, 16);
    s0 = madd<f64>(a0, ua, s0);
    t0 = madd<f64>(b0, ub, t0);
    s1 = madd<f64>(a1, ua, s1);
    t1 = madd<f64>(b1, ub, t1);
    const ya = madd<f64>(a1, u1, madd<f64>(a0, u0, v128.load(y)));
    const yb = madd<f64>(b1, u1, madd<f64>(b0, u0, v128.load(y, 16)));
    v128.store(y, ya);
    v128.store(y, yb, 16);
    row0 += 32;
    row1 += 32;
    u += 32;
    y += 32;
    n -= 4;
  } while (n > 0);
  v128.store(sums, s0);
  v128.store(sums, t0, 16);
  v128.store(sums, s1, 32);
  v128.store(sums, t1, 48);
}
