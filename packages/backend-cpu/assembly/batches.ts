// Many small products at once: C_t = alpha A_t B_t + beta C_t for matrices t that lie below each other;
// threads share the matrices out. Operands of which k is the slow index (A transposed, B not) are multiplied
// as they lie. Others are packed into the scratch of the thread and multiplied by the micro-kernels of
// gemm.ts.

import { microColumns, microKernel, MR } from './micro-kernel';
import { BATCH_JOB, SCRATCH_BYTES } from './layout';
import { packPanel } from './pack';
import { lanes, madd, roundUp } from './simd';
import { parallel, scratch, wideTiles } from './threads';

/** Multiply-adds that pay for handing out a task. */
const TASK: i32 = 65536;
/** Scratch at its beginning for micro-tiles that stick out. */
const ASIDE: usize = 512;

@unmanaged
class BatchJob {
  alpha: f64;
  beta: f64;
  batches: i32;
  perTask: i32;
  m: i32;
  n: i32;
  k: i32;
  a: usize;
  rowA: i32;
  columnA: i32;
  b: usize;
  rowB: i32;
  columnB: i32;
  c: usize;
}

/** Depth of a block, at most and, where there is more to do, at least. */
const DEEPEST: i32 = 256;
const SHALLOWEST: i32 = 32;

/** Depth of a block of which both packed operands fit the scratch of a thread; 0 where they do not. */
function blockDepth<T>(m: i32, n: i32, k: i32): i32 {
  const across = <f64>(roundUp(m, MR) + roundUp(n, microColumns<T>())) * sizeof<T>();
  const most = <i32>min<f64>(<f64>DEEPEST, <f64>(SCRATCH_BYTES - ASIDE) / across);
  return most >= min(k, SHALLOWEST) ? most : 0;
}

/** Whether a product can be computed in the scratch of a thread. */
export function batchFits<T>(m: i32, n: i32, k: i32): bool {
  return blockDepth<T>(m, n, k) > 0;
}

/**
 * Operands have any strides (in elements) within a matrix, and follow each other without gap; C is
 * [batches * m, n].
 */
export function gemmBatches<T>(
  batches: i32,
  m: i32,
  n: i32,
  k: i32,
  alpha: f64,
  a: usize,
  rowA: i32,
  columnA: i32,
  b: usize,
  rowB: i32,
  columnB: i32,
  beta: f64,
  c: usize,
): void {
  if (m == 0 || n == 0) return;
  const job = changetype<BatchJob>(BATCH_JOB);
  job.alpha = alpha;
  job.beta = beta;
  job.batches = batches;
  job.m = m;
  job.n = n;
  job.k = k;
  job.a = a;
  job.rowA = rowA;
  job.columnA = columnA;
  job.b = b;
  job.rowB = rowB;
  job.columnB = columnB;
  job.c = c;
  const work = <f64>m * n * max(k, 1);
  job.perTask = max(1, <i32>min<f64>(<f64>batches, TASK / work));
  const asTheyLie = rowA == 1 && columnB == 1 && isBestAsTheyLie<T>(m, n, k, alpha);
  const fn = asTheyLie ? (task: i32): void => multiplyAsTheyLie<T>(task) : (task: i32): void => multiplyMatrices<T>(task);
  parallel(fn.index, (batches + job.perTask - 1) / job.perTask, work * batches);
}

function multiplyAsTheyLie<T>(task: i32): void {
  const job = changetype<BatchJob>(BATCH_JOB);
  const begin = task * job.perTask;
  const end = min(job.batches, begin + job.perTask);
  const m = job.m;
  const n = job.n;
  const k = job.k;
  const whole = (n / (WIDE / <i32>sizeof<T>())) * (WIDE / <i32>sizeof<T>());
  for (let t = begin; t < end; t++) {
    const c = job.c + <usize>t * <usize>(m * n) * sizeof<T>();
    if (job.beta != 1) prepare<T>(c, m * n, <T>job.beta);
    if (k == 0) continue;
    const a = job.a + <usize>t * <usize>(m * k) * sizeof<T>();
    const b = job.b + <usize>t * <usize>(n * k) * sizeof<T>();
    for (let i = 0; i < m; i += ROWS) {
      const rows = min(ROWS, m - i);
      const left = a + <usize>i * sizeof<T>();
      for (let j = 0; j < whole; j += WIDE / <i32>sizeof<T>()) {
        const right = b + <usize>j * sizeof<T>();
        const to = c + (<usize>i * <usize>n + <usize>j) * sizeof<T>();
        if (rows == ROWS) wideTile<T>(k, left, m, right, n, <T>job.alpha, to);
        else for (let r = 0; r < rows; r++) wideRow<T>(k, left + <usize>r * sizeof<T>(), m, right, n, <T>job.alpha, to + <usize>(r * n) * sizeof<T>());
      }
      for (let r = 0; r < rows; r++) restOfRow<T>(job, k, left + <usize>r * sizeof<T>(), b, whole, c + <usize>((i + r) * n) * sizeof<T>());
    }
  }
}

/** Smaller matrices are multiplied as they lie; of larger ones those whose sums are not longer. */
const SMALL: i32 = 32;
const LONGEST: i32 = 96;
/** Rows and bytes of the tiles of operands that are multiplied as they lie. */
const ROWS: i32 = 4;
const WIDE: i32 = 64;

/**
 * Whether operands of which k is the slow index are best multiplied as they lie. Long sums of larger matrices
 * would be read from the L2 cache again and again, columns beyond whole tiles take as long as many more. The
 * tiles are made for fused vectors; without fusion larger matrices are packed where that sums in the same
 * order, so that results are the same, to the bit.
 */
function isBestAsTheyLie<T>(m: i32, n: i32, k: i32, alpha: f64): bool {
  if (m < SMALL || n < SMALL) return true;
  if (k > LONGEST || (n * <i32>sizeof<T>()) % WIDE != 0) return false;
  return wideTiles() || alpha != 1 || k > blockDepth<T>(m, n, k);
}

/** C (4 rows, 64 bytes) += alpha sum over k of a column of A times a row of B. */
function wideTile<T>(k: i32, a: usize, m: i32, b: usize, n: i32, alpha: T, c: usize): void {
  const stepA = <usize>m * sizeof<T>();
  const stride = <usize>n * sizeof<T>();
  let c00 = v128.splat<T>(0);
  let c01 = v128.splat<T>(0);
  let c02 = v128.splat<T>(0);
  let c03 = v128.splat<T>(0);
  let c10 = v128.splat<T>(0);
  let c11 = v128.splat<T>(0);
  let c12 = v128.splat<T>(0);
  let c13 = v128.splat<T>(0);
  let c20 = v128.splat<T>(0);
  let c21 = v128.splat<T>(0);
  let c22 = v128.splat<T>(0);
  let c23 = v128.splat<T>(0);
  let c30 = v128.splat<T>(0);
  let c31 = v128.splat<T>(0);
  let c32 = v128.splat<T>(0);
  let c33 = v128.splat<T>(0);
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    let x = v128.load_splat<T>(a);
    c00 = madd<T>(x, b0, c00);
    c01 = madd<T>(x, b1, c01);
    c02 = madd<T>(x, b2, c02);
    c03 = madd<T>(x, b3, c03);
    x = v128.load_splat<T>(a, sizeof<T>());
    c10 = madd<T>(x, b0, c10);
    c11 = madd<T>(x, b1, c11);
    c12 = madd<T>(x, b2, c12);
    c13 = madd<T>(x, b3, c13);
    x = v128.load_splat<T>(a, 2 * sizeof<T>());
    c20 = madd<T>(x, b0, c20);
    c21 = madd<T>(x, b1, c21);
    c22 = madd<T>(x, b2, c22);
    c23 = madd<T>(x, b3, c23);
    x = v128.load_splat<T>(a, 3 * sizeof<T>());
    c30 = madd<T>(x, b0, c30);
    c31 = madd<T>(x, b1, c31);
    c32 = madd<T>(x, b2, c32);
    c33 = madd<T>(x, b3, c33);
    a += stepA;
    b += stride;
  } while (--k);
  addTo<T>(c, alpha, c00, c01, c02, c03);
  addTo<T>(c + stride, alpha, c10, c11, c12, c13);
  addTo<T>(c + 2 * stride, alpha, c20, c21, c22, c23);
  addTo<T>(c + 3 * stride, alpha, c30, c31, c32, c33);
}

function wideRow<T>(k: i32, a: usize, m: i32, b: usize, n: i32, alpha: T, c: usize): void {
  const stepA = <usize>m * sizeof<T>();
  const stride = <usize>n * sizeof<T>();
  let c0 = v128.splat<T>(0);
  let c1 = v128.splat<T>(0);
  let c2 = v128.splat<T>(0);
  let c3 = v128.splat<T>(0);
  do {
    const x = v128.load_splat<T>(a);
    c0 = madd<T>(x, v128.load(b), c0);
    c1 = madd<T>(x, v128.load(b, 16), c1);
    c2 = madd<T>(x, v128.load(b, 32), c2);
    c3 = madd<T>(x, v128.load(b, 48), c3);
    a += stepA;
    b += stride;
  } while (--k);
  addTo<T>(c, alpha, c0, c1, c2, c3);
}

@inline
function addTo<T>(c: usize, alpha: T, c0: v128, c1: v128, c2: v128, c3: v128): void {
  const f = v128.splat<T>(alpha);
  const r0 = madd<T>(c0, f, v128.load(c));
  const r1 = madd<T>(c1, f, v128.load(c, 16));
  const r2 = madd<T>(c2, f, v128.load(c, 32));
  const r3 = madd<T>(c3, f, v128.load(c, 48));
  v128.store(c, r0);
  v128.store(c, r1, 16);
  v128.store(c, r2, 32);
  v128.store(c, r3, 48);
}

/** Columns from `begin` on of one row of C: vectors, then single elements. */
function restOfRow<T>(job: BatchJob, k: i32, a: usize, b: usize, begin: i32, c: usize): void {
  const stepA = <usize>job.m * sizeof<T>();
  const stride = <usize>job.n * sizeof<T>();
  let j = begin;
  for (; j + lanes<T>() <= job.n; j += lanes<T>()) {
    let x = a;
    let y = b + <usize>j * sizeof<T>();
    let sum = v128.splat<T>(0);
    for (let p = 0; p < k; p++) {
      sum = madd<T>(v128.load_splat<T>(x), v128.load(y), sum);
      x += stepA;
      y += stride;
    }
    const to = c + <usize>j * sizeof<T>();
    v128.store(to, madd<T>(sum, v128.splat<T>(<T>job.alpha), v128.load(to)));
  }
  for (; j < job.n; j++) {
    let x = a;
    let y = b + <usize>j * sizeof<T>();
    let sum: T = 0;
    for (let p = 0; p < k; p++) {
      sum += load<T>(x) * load<T>(y);
      x += stepA;
      y += stride;
    }
    const to = c + <usize>j * sizeof<T>();
    store<T>(to, load<T>(to) + <T>job.alpha * sum);
  }
}

function multiplyMatrices<T>(task: i32): void {
  const job = changetype<BatchJob>(BATCH_JOB);
  const begin = task * job.perTask;
  const end = min(job.batches, begin + job.perTask);
  for (let t = begin; t < end; t++) {
    const c = job.c + <usize>t * <usize>(job.m * job.n) * sizeof<T>();
    if (job.beta != 1) prepare<T>(c, job.m * job.n, <T>job.beta);
    if (job.k > 0) multiplyMatrix<T>(job, t, c);
  }
}

/** C *= beta; with beta 0 the old content is not read. The products are added to it. */
function prepare<T>(c: usize, n: i32, beta: T): void {
  if (beta == 0) {
    memory.fill(c, 0, <usize>n * sizeof<T>());
    return;
  }
  for (let i = 0; i < n; i++) {
    store<T>(c, load<T>(c) * beta);
    c += sizeof<T>();
  }
}

function multiplyMatrix<T>(job: BatchJob, t: i32, c: usize): void {
  const m = job.m;
  const n = job.n;
  const k = job.k;
  const a = job.a + <usize>t * <usize>(m * k) * sizeof<T>();
  const b = job.b + <usize>t * <usize>(n * k) * sizeof<T>();
  const deepest = blockDepth<T>(m, n, k);
  const blocks = (k + deepest - 1) / deepest;
  const depth = (k + blocks - 1) / blocks;
  for (let p0 = 0; p0 < k; p0 += depth) {
    const from = <usize>(p0 * job.columnA) * sizeof<T>();
    const across = <usize>(p0 * job.rowB) * sizeof<T>();
    multiplyBlock<T>(job, a + from, b + across, min(depth, k - p0), c);
  }
}

/** C += alpha A B for a block of k. */
function multiplyBlock<T>(job: BatchJob, a: usize, b: usize, k: i32, c: usize): void {
  const m = job.m;
  const n = job.n;
  const width = microColumns<T>();
  const packedA = scratch() + ASIDE;
  const packedB = packedA + <usize>(roundUp(m, MR) * k) * sizeof<T>();
  pack<T>(a, job.rowA, job.columnA, MR, m, k, <T>job.alpha, packedA);
  pack<T>(b, job.columnB, job.rowB, width, n, k, <T>1, packedB);
  const stride = <usize>n * sizeof<T>();
  for (let j = 0; j < n; j += width) {
    const panelB = packedB + <usize>(j * k) * sizeof<T>();
    for (let i = 0; i < m; i += MR) {
      const panelA = packedA + <usize>(i * k) * sizeof<T>();
      const at = c + (<usize>i * <usize>n + <usize>j) * sizeof<T>();
      if (i + MR <= m && j + width <= n) microKernel<T>(true, k, panelA, panelB, at, stride);
      else ragged<T>(k, panelA, panelB, min(MR, m - i), min(width, n - j), at, stride);
    }
  }
}

/** Packs `length` rows or columns in panels of `width`. */
function pack<T>(
  source: usize,
  strideW: i32,
  strideK: i32,
  width: i32,
  length: i32,
  k: i32,
  factor: T,
  target: usize,
): void {
  for (let w = 0; w < length; w += width) {
    const from = source + <usize>(w * strideW) * sizeof<T>();
    const to = target + <usize>(w * k) * sizeof<T>();
    packPanel<T>(from, strideW, strideK, width, min(width, length - w), k, factor, to);
  }
}

/** A micro-tile that sticks out of C: computed aside, then added. */
function ragged<T>(
  k: i32,
  panelA: usize,
  panelB: usize,
  rows: i32,
  columns: i32,
  target: usize,
  stride: usize,
): void {
  const width = microColumns<T>();
  const aside = scratch();
  microKernel<T>(false, k, panelA, panelB, aside, <usize>width * sizeof<T>());
  for (let r = 0; r < rows; r++) {
    let from = aside + <usize>(r * width) * sizeof<T>();
    let to = target + <usize>r * stride;
    let j = 0;
    for (; j + lanes<T>() <= columns; j += lanes<T>()) {
      v128.store(to, v128.add<T>(v128.load(to), v128.load(from)));
      from += 16;
      to += 16;
    }
    for (; j < columns; j++) {
      store<T>(to, load<T>(to) + load<T>(from));
      from += sizeof<T>();
      to += sizeof<T>();
    }
  }
}
