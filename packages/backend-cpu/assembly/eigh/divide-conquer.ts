// Eigenvectors of a symmetric tridiagonal matrix by divide and conquer (Cuppen 1981; Gu and Eisenstat 1995):
// the matrix is torn into two halves plus a rank-1 term rho v vᵀ; the halves are solved, and joined by the
// secular equation. Nearly all work is the matrix products that turn the halves' eigenvectors into those of
// the whole, less what deflates: components that do not couple, and equal eigenvalues that a rotation
// uncouples.
//
// Eigenvectors are rows of q, in blocks along the diagonal: the block of rows and columns lo .. lo + n.

import { FULL, gemm } from '../gemm';
import { EIGH_JOB } from '../layout';
import { parallel } from '../threads';
import { f, n, setF, setN } from './arrays';
import { implicitQl, rotate } from './implicit-ql';
import { secularRoot } from './secular';

/** Order of the smallest parts. */
const LEAF: i32 = 32;
const EPSILON: f64 = 1.1102230246251565e-16;

/** Where a row has entries that are not zero. */
const TOP: i32 = 0;
const BOTH: i32 = 1;
const BOTTOM: i32 = 2;
const DEFLATED: i32 = 3;

@unmanaged
class MergeJob {
  size: i32;
  d: usize;
  e: usize;
  q: usize;
  pitch: usize;
  // Leaves.
  leaves: i32;
  failed: i32;
  // The merge at hand.
  lo: i32;
  n: i32;
  k: i32;
  rho: f64;
  /**
   * f64 arrays: couplings, poles and weights in ascending order, poles and refined weights by group,
   * distances of the roots.
   */
  z: usize;
  poles: usize;
  weights: usize;
  groupPoles: usize;
  groupWeights: usize;
  distances: usize;
  values: usize;
  couplings: usize;
  /**
   * i32 arrays: rows in ascending order, rows that take part, kinds of rows, places in the groups, origins,
   * final order.
   */
  order: usize;
  rows: usize;
  kinds: usize;
  places: usize;
  origins: usize;
  sorted: usize;
  /** n x n each: coefficients [k][k] of the new eigenvectors, rows of the halves, new rows. */
  u: usize;
  halves: usize;
  fresh: usize;
}

/** f64 words of memory that `divideAndConquer` needs, besides `fresh` [n, n]. */
export function divideAndConquerWords(size: i32): i32 {
  return 2 * size * size + 14 * (size + 8);
}

/**
 * d [n] becomes the eigenvalues, ascending; e [n] (entry i couples i and i + 1) is destroyed; rows of q
 * [n, n] become the eigenvectors. `fresh` [n, n] is used besides `memoryAt`. Returns false if a part does not
 * converge, as with NaN.
 */
export function divideAndConquer(size: i32, d: usize, e: usize, q: usize, fresh: usize, memoryAt: usize): bool {
  if (size <= LEAF) return implicitQl(size, d, e, q, <usize>size * 8);
  const job = changetype<MergeJob>(EIGH_JOB);
  place(job, size, d, e, q, fresh, memoryAt);
  let leaves = 1;
  while ((size + leaves - 1) / leaves > LEAF) leaves *= 2;
  job.leaves = leaves;
  job.failed = 0;
  tear(job);
  const solve = (task: i32): void => solveLeaf(task);
  parallel(solve.index, leaves, <f64>size * LEAF * LEAF * 10);
  if (job.failed != 0) return false;
  for (let width = 2; width <= leaves; width *= 2) {
    for (let leaf = 0; leaf < leaves; leaf += width) {
      const middle = begin(job, leaf + width / 2);
      merge(job, begin(job, leaf), middle, begin(job, leaf + width), f(job.couplings, leaf + width / 2));
    }
  }
  return true;
}

function place(job: MergeJob, size: i32, d: usize, e: usize, q: usize, fresh: usize, memoryAt: usize): void {
  const line = <usize>(size + 8) * 8;
  job.size = size;
  job.d = d;
  job.e = e;
  job.q = q;
  job.pitch = <usize>size * 8;
  job.z = memoryAt;
  job.poles = job.z + line;
  job.weights = job.poles + line;
  job.groupPoles = job.weights + line;
  job.groupWeights = job.groupPoles + line;
  job.distances = job.groupWeights + line;
  job.values = job.distances + line;
  job.couplings = job.values + line;
  job.order = job.couplings + line;
  job.rows = job.order + line;
  job.kinds = job.rows + line;
  job.places = job.kinds + line;
  job.origins = job.places + line;
  job.sorted = job.origins + line;
  job.u = job.sorted + line;
  job.halves = job.u + <usize>size * <usize>size * 8;
  job.fresh = fresh;
}

/** First row of a leaf. */
@inline
function begin(job: MergeJob, leaf: i32): i32 {
  return <i32>((<i64>leaf * job.size) / job.leaves);
}

/** Takes a rank-1 term out at every boundary: what is left are independent leaves. */
function tear(job: MergeJob): void {
  for (let leaf = 1; leaf < job.leaves; leaf++) {
    const at = begin(job, leaf);
    const coupling = f(job.e, at - 1);
    setF(job.couplings, leaf, coupling);
    setF(job.d, at - 1, f(job.d, at - 1) - abs<f64>(coupling));
    setF(job.d, at, f(job.d, at) - abs<f64>(coupling));
  }
}

function solveLeaf(leaf: i32): void {
  const job = changetype<MergeJob>(EIGH_JOB);
  const lo = begin(job, leaf);
  const offset = <usize>lo * 8;
  const block = job.q + <usize>lo * job.pitch + offset;
  if (!implicitQl(begin(job, leaf + 1) - lo, job.d + offset, job.e + offset, block, job.pitch)) job.failed = 1;
}

/** Joins the blocks [lo, middle) and [middle, end). */
function merge(job: MergeJob, lo: i32, middle: i32, end: i32, coupling: f64): void {
  job.lo = lo;
  job.n = end - lo;
  const top = middle - lo;
  prepare(job, top, coupling);
  const k = deflate(job, top);
  job.k = k;
  if (k > 0) {
    const roots = (task: i32): void => solveRoots(task);
    const tasks = (k + CHUNK - 1) / CHUNK;
    parallel(roots.index, tasks, <f64>k * k * 20);
    const group = groupRows(job);
    const fill = (task: i32): void => fillDistances(task);
    parallel(fill.index, tasks, <f64>k * k);
    const refine = (task: i32): void => refineWeights(task);
    parallel(refine.index, tasks, <f64>k * k * 4);
    const vectors = (task: i32): void => coefficients(task);
    parallel(vectors.index, tasks, <f64>k * k * 6);
    multiply(job, top, group);
  }
  keepDeflated(job);
  sortIntoPlace(job);
}

/** Rows or roots of a task. */
const CHUNK: i32 = 16;

@inline
function rowOf(job: MergeJob, i: i32): usize {
  return job.q + <usize>(job.lo + i) * job.pitch + <usize>job.lo * 8;
}

/** The coupling vector z, normalised, and all eigenvalues in ascending order. */
function prepare(job: MergeJob, top: i32, coupling: f64): void {
  const total = job.n;
  const sign: f64 = coupling < 0 ? -1 : 1;
  job.rho = abs<f64>(coupling) * 2;
  for (let i = 0; i < total; i++) {
    const entry = i < top ? f(rowOf(job, i), top - 1) : f(rowOf(job, i), top) * sign;
    setF(job.z, i, entry * 0.70710678118654752440);
    setN(job.kinds, i, i < top ? TOP : BOTTOM);
    // A row has entries in its own half only; the other half was never written.
    if (i < top) memory.fill(rowOf(job, i) + <usize>top * 8, 0, <usize>(total - top) * 8);
    else memory.fill(rowOf(job, i), 0, <usize>top * 8);
  }
  mergeOrder(job.d + <usize>job.lo * 8, top, total, job.order);
}

/** Indices of two ascending runs [0, top) and [top, total) in ascending order. */
function mergeOrder(d: usize, top: i32, total: i32, order: usize): void {
  let a = 0;
  let b = top;
  for (let i = 0; i < total; i++) {
    if (b >= total || (a < top && f(d, a) <= f(d, b))) setN(order, i, a++);
    else setN(order, i, b++);
  }
}

/**
 * Sorts out rows that need no joining; the others go to `rows`, poles and weights. Returns how many those
 * are.
 */
function deflate(job: MergeJob, top: i32): i32 {
  const total = job.n;
  const d = job.d + <usize>job.lo * 8;
  let largest: f64 = 0;
  for (let i = 0; i < total; i++) largest = max<f64>(largest, max<f64>(abs<f64>(f(d, i)), abs<f64>(f(job.z, i))));
  const tolerance = 8 * EPSILON * largest;
  let k = 0;
  let pending = -1;
  for (let at = 0; at < total; at++) {
    const i = n(job.order, at);
    if (job.rho * abs<f64>(f(job.z, i)) <= tolerance) {
      setN(job.kinds, i, DEFLATED);
      continue;
    }
    if (pending >= 0 && !uncouple(job, d, pending, i, tolerance)) k = take(job, d, pending, k);
    pending = i;
  }
  return pending >= 0 ? take(job, d, pending, k) : k;
}

function take(job: MergeJob, d: usize, i: i32, k: i32): i32 {
  setN(job.rows, k, i);
  setF(job.poles, k, f(d, i));
  setF(job.weights, k, f(job.z, i));
  return k + 1;
}

/** If two eigenvalues are equal to rounding, rotates so that the first has no coupling. */
function uncouple(job: MergeJob, d: usize, first: i32, second: i32, tolerance: f64): bool {
  const z1 = f(job.z, first);
  const z2 = f(job.z, second);
  const length = sqrt<f64>(z1 * z1 + z2 * z2);
  const c = z2 / length;
  const s = z1 / length;
  const d1 = f(d, first);
  const d2 = f(d, second);
  if (abs<f64>((d2 - d1) * c * s) > tolerance) return false;
  setF(job.z, second, length);
  setF(job.z, first, 0);
  if (n(job.kinds, first) != n(job.kinds, second)) setN(job.kinds, second, BOTH);
  setN(job.kinds, first, DEFLATED);
  rotate(rowOf(job, first), rowOf(job, second), job.n, c, s);
  setF(d, first, d1 * c * c + d2 * s * s);
  setF(d, second, d1 * s * s + d2 * c * c);
  return true;
}

function solveRoots(task: i32): void {
  const job = changetype<MergeJob>(EIGH_JOB);
  const last = min(job.k, task * CHUNK + CHUNK);
  for (let i = task * CHUNK; i < last; i++) {
    secularRoot(
      i,
      job.k,
      job.poles,
      job.weights,
      job.rho,
      job.origins + (<usize>i << 2),
      job.distances + (<usize>i << 3),
    );
  }
}

/**
 * Orders the rows that take part by where they have entries: top only, both, bottom only. Returns the numbers
 * of the first two kinds, packed as top + both * 2^32.
 */
function groupRows(job: MergeJob): i64 {
  let next = 0;
  let tops = 0;
  let boths = 0;
  for (let kind = TOP; kind <= BOTTOM; kind++) {
    for (let i = 0; i < job.k; i++) {
      if (n(job.kinds, n(job.rows, i)) != kind) continue;
      setN(job.places, i, next);
      setF(job.groupPoles, next, f(job.poles, i));
      next++;
    }
    if (kind == TOP) tops = next;
    if (kind == BOTH) boths = next - tops;
  }
  return <i64>tops | (<i64>boths << 32);
}

/** u[i][j] = pole j - root i, j in groups: accurate, because it is computed from the root's nearest pole. */
function fillDistances(task: i32): void {
  const job = changetype<MergeJob>(EIGH_JOB);
  const last = min(job.k, task * CHUNK + CHUNK);
  for (let i = task * CHUNK; i < last; i++) {
    const row = job.u + <usize>i * <usize>job.k * 8;
    const origin = f(job.poles, n(job.origins, i));
    const distance = f(job.distances, i);
    setF(job.values, i, origin + distance);
    for (let j = 0; j < job.k; j++) setF(row, j, f(job.groupPoles, j) - origin - distance);
  }
}

/**
 * The weights for which the computed roots are exact (Gu and Eisenstat): w_j^2 = prod_i (root_i - pole_j) /
 * prod_(i != j) (pole_i - pole_j). With them the eigenvectors come out orthogonal, however close the roots
 * are.
 */
function refineWeights(task: i32): void {
  const job = changetype<MergeJob>(EIGH_JOB);
  const k = job.k;
  const first = task * CHUNK;
  const last = min(k, first + CHUNK);
  for (let j = first; j < last; j++) setF(job.groupWeights, j, 1);
  for (let i = 0; i < k; i++) {
    const row = job.u + <usize>i * <usize>k * 8;
    const pole = f(job.poles, i);
    const own = n(job.places, i);
    const before = own >= first && own < last ? f(job.groupWeights, own) : 0;
    for (let j = first; j < last; j++) {
      setF(job.groupWeights, j, f(job.groupWeights, j) * (f(row, j) / (f(job.groupPoles, j) - pole)));
    }
    if (own >= first && own < last) setF(job.groupWeights, own, before * -f(row, own));
  }
  for (let i = 0; i < k; i++) {
    const j = n(job.places, i);
    if (j >= first && j < last) {
      setF(job.groupWeights, j, copysign<f64>(sqrt<f64>(abs<f64>(f(job.groupWeights, j))), f(job.weights, i)));
    }
  }
}

/** u[i][j] = w_j / (pole_j - root_i), rows normalised. */
function coefficients(task: i32): void {
  const job = changetype<MergeJob>(EIGH_JOB);
  const k = job.k;
  const last = min(k, task * CHUNK + CHUNK);
  for (let i = task * CHUNK; i < last; i++) {
    const row = job.u + <usize>i * <usize>k * 8;
    let squares: f64 = 0;
    for (let j = 0; j < k; j++) {
      const x = f(job.groupWeights, j) / f(row, j);
      setF(row, j, x);
      squares += x * x;
    }
    const factor = 1 / sqrt<f64>(squares);
    for (let j = 0; j < k; j++) setF(row, j, f(row, j) * factor);
  }
}

/** fresh [k, n] = u times the halves' rows, each half by itself. */
function multiply(job: MergeJob, top: i32, group: i64): void {
  const tops = <i32>group;
  const boths = <i32>(group >> 32);
  const k = job.k;
  const bottom = job.n - top;
  const inTop = tops + boths;
  const inBottom = k - tops;
  gatherHalf(job, 0, inTop, 0, top);
  if (inTop > 0) gemm<f64>(k, top, inTop, 1, job.u, k, 1, job.halves, top, 1, 0, job.fresh, job.n, FULL, 0);
  else clear(job, 0, top);
  gatherHalf(job, tops, inBottom, top, bottom);
  const right = job.fresh + <usize>top * 8;
  const u = job.u + <usize>tops * 8;
  if (inBottom > 0) gemm<f64>(k, bottom, inBottom, 1, u, k, 1, job.halves, bottom, 1, 0, right, job.n, FULL, 0);
  else clear(job, top, bottom);
}

function clear(job: MergeJob, column: i32, width: i32): void {
  for (let i = 0; i < job.k; i++) {
    memory.fill(job.fresh + (<usize>i * job.n + column) * 8, 0, <usize>width * 8);
  }
}

/** halves [count, width] = columns of the rows in the places from `first` on. */
function gatherHalf(job: MergeJob, first: i32, count: i32, column: i32, width: i32): void {
  for (let i = 0; i < job.k; i++) {
    const at = n(job.places, i) - first;
    if (at < 0 || at >= count) continue;
    const from = rowOf(job, n(job.rows, i)) + <usize>column * 8;
    memory.copy(job.halves + <usize>at * <usize>width * 8, from, <usize>width * 8);
  }
}

/** Deflated rows and their values, after the k new ones. */
function keepDeflated(job: MergeJob): void {
  let next = job.k;
  const d = job.d + <usize>job.lo * 8;
  for (let at = 0; at < job.n; at++) {
    const i = n(job.order, at);
    if (n(job.kinds, i) != DEFLATED) continue;
    setF(job.values, next, f(d, i));
    memory.copy(job.fresh + <usize>next * <usize>job.n * 8, rowOf(job, i), <usize>job.n * 8);
    next++;
  }
}

/** Values and rows back to d and q, in ascending order. The roots ascend; deflated ones nearly do. */
function sortIntoPlace(job: MergeJob): void {
  const total = job.n;
  const k = job.k;
  // Insertion sort of the deflated values' run.
  for (let i = 0; i < total; i++) setN(job.rows, i, i);
  for (let i = k + 1; i < total; i++) {
    const row = n(job.rows, i);
    let at = i;
    for (; at > k && f(job.values, n(job.rows, at - 1)) > f(job.values, row); at--) {
      setN(job.rows, at, n(job.rows, at - 1));
    }
    setN(job.rows, at, row);
  }
  let a = 0;
  let b = k;
  const d = job.d + <usize>job.lo * 8;
  for (let i = 0; i < total; i++) {
    const fromRoots =
      b >= total || (a < k && f(job.values, a) <= f(job.values, n(job.rows, b)));
    const source = fromRoots ? a++ : n(job.rows, b++);
    setN(job.sorted, i, source);
    setF(d, i, f(job.values, source));
  }
  const copy = (task: i32): void => copySorted(task);
  parallel(copy.index, (total + CHUNK - 1) / CHUNK, <f64>total * total * 0.5);
}

function copySorted(task: i32): void {
  const job = changetype<MergeJob>(EIGH_JOB);
  const last = min(job.n, task * CHUNK + CHUNK);
  const bytes = <usize>job.n * 8;
  for (let i = task * CHUNK; i < last; i++) {
    memory.copy(rowOf(job, i), job.fresh + <usize>n(job.sorted, i) * bytes, bytes);
  }
}
