// Many small products at once: C_t = alpha A_t B_t + beta C_t for matrices t that lie below each other. Each is packed into the
// scratch of one thread and multiplied there by the micro-kernels of gemm.ts; threads share the matrices out.

import { microColumns, microKernel, MR } from './gemm';
import { BATCH_JOB, SCRATCH_BYTES } from './layout';
import { packPanel } from './pack';
import { lanes, roundUp } from './simd';
import { parallel, scratch } from './threads';

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

/** Whether the packed operands of one product fit the scratch of a thread. */
export function batchFits<T>(m: i32, n: i32, k: i32): bool {
  const elements = <f64>(roundUp(m, MR) + roundUp(n, microColumns<T>())) * k;
  return elements * sizeof<T>() <= <f64>(SCRATCH_BYTES - ASIDE);
}

/** Operands have any strides (in elements) within a matrix, and follow each other without gap; C is [batches * m, n]. */
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
  const fn = (task: i32): void => multiplyMatrices<T>(task);
  parallel(fn.index, (batches + job.perTask - 1) / job.perTask, work * batches);
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
  const width = microColumns<T>();
  const a = job.a + <usize>t * <usize>(m * k) * sizeof<T>();
  const b = job.b + <usize>t * <usize>(n * k) * sizeof<T>();
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
