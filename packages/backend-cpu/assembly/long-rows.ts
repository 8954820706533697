// Gram products of few long rows: C = alpha A Aᵀ + beta C, lower triangle or mirrored. Each block of k is a
// task of its own: packed into a part of the workspace that stays in the cache of the core, multiplied to a
// partial sum of its own. Rows that lie along memory are packed once only, as columns. Partial sums are added
// in the order of the blocks, so that sums are those of gemm.ts, to the bit.

import { LONG_ROWS_JOB, PACKED_A_BYTES, PACKED_B_BYTES } from './layout';
import { MR, microColumns, microKernel, microKernelOfRows } from './micro-kernel';
import { packPanels } from './pack';
import { roundUp } from './simd';
import { parallel, threadCount, threadNumber, workspace } from './threads';

/** Most rows: the packed block stays in a 1 MiB L2 cache. */
const MOST_ROWS: i32 = 192;
/** Least whole blocks of k: so many tasks. */
const LEAST_BLOCKS: i32 = 8;

@unmanaged
class LongRowsJob {
  n: i32;
  k: i32;
  depth: i32;
  blocks: i32;
  a: usize;
  rowA: i32;
  columnA: i32;
  c: usize;
  strideC: i32;
  alpha: f64;
  beta: f64;
  mirror: bool;
  /** Elements of a row of partial sums, and the bytes of a block's. */
  padded: i32;
  partialBytes: usize;
  /** Bytes that a thread packs to. */
  ownBytes: usize;
}

/** Rows of packed A and of partial sums, whole micro-tiles of any shape. */
@inline
function paddedRows(n: i32): i32 {
  return roundUp(n, MR);
}

@inline
function paddedColumns<T>(n: i32): i32 {
  return roundUp(n, 64 / <i32>sizeof<T>());
}

@inline
function ownBytes<T>(n: i32, depth: i32): usize {
  return <usize>((paddedRows(n) + paddedColumns<T>(n)) * depth) * sizeof<T>();
}

@inline
function partialBytes<T>(n: i32): usize {
  return <usize>(paddedRows(n) * paddedColumns<T>(n)) * sizeof<T>();
}

/** Whether a Gram product is one of those, and the workspace holds it; `depth` is that of the blocks of k. */
export function hasLongRows<T>(n: i32, k: i32, depth: i32): bool {
  if (n > MOST_ROWS || k < LEAST_BLOCKS * depth || k == 0) return false;
  const blocks = (k + depth - 1) / depth;
  const bytes = <f64>ownBytes<T>(n, depth) * threadCount() + <f64>partialBytes<T>(n) * blocks;
  return bytes <= <f64>(PACKED_A_BYTES + PACKED_B_BYTES);
}

/** A [n, k] with any strides, in elements. */
export function gramOfLongRows<T>(
  n: i32,
  k: i32,
  depth: i32,
  alpha: f64,
  a: usize,
  rowA: i32,
  columnA: i32,
  beta: f64,
  c: usize,
  strideC: i32,
  mirror: bool,
): void {
  const job = changetype<LongRowsJob>(LONG_ROWS_JOB);
  job.n = n;
  job.k = k;
  job.depth = depth;
  job.blocks = (k + depth - 1) / depth;
  job.a = a;
  job.rowA = rowA;
  job.columnA = columnA;
  job.c = c;
  job.strideC = strideC;
  job.alpha = alpha;
  job.beta = beta;
  job.mirror = mirror;
  job.padded = paddedColumns<T>(n);
  job.partialBytes = partialBytes<T>(n);
  job.ownBytes = ownBytes<T>(n, depth);
  const multiply = (task: i32): void => multiplyBlock<T>(task);
  parallel(multiply.index, job.blocks, <f64>n * n * k * 0.5);
  const add = (task: i32): void => addRow<T>(task);
  parallel(add.index, n, <f64>n * n * job.blocks * 0.5);
}

/** The partial sums of a block of k, on and below the diagonal, and what is above it in micro-tiles. */
function multiplyBlock<T>(block: i32): void {
  const job = changetype<LongRowsJob>(LONG_ROWS_JOB);
  const size = <i32>sizeof<T>();
  const n = job.n;
  const p = block * job.depth;
  const depth = min(job.depth, job.k - p);
  const width = microColumns<T>();
  const source = job.a + <usize>(p * job.columnA * size);
  const packedA = workspace() + <usize>job.blocks * job.partialBytes + <usize>threadNumber() * job.ownBytes;
  const packedB = packedA + <usize>(paddedRows(n) * depth * size);
  const line = <usize>(job.padded * size);
  const sums = workspace() + <usize>block * job.partialBytes;
  const asTheyLie = job.columnA == 1 && n >= MR && (job.alpha == 1 || job.alpha == -1);
  if (!asTheyLie) packPanels<T>(source, job.rowA, job.columnA, MR, n, depth, <T>job.alpha, packedA);
  const factor = asTheyLie ? <T>job.alpha : <T>1;
  packPanels<T>(source, job.rowA, job.columnA, width, n, depth, factor, packedB);
  const pitch = <usize>(job.rowA * size);
  for (let j = 0; j < n; j += width) {
    const panelB = packedB + <usize>(j * depth * size);
    for (let i = (j / MR) * MR; i < n; i += MR) {
      if (asTheyLie) {
        // The last rows begin earlier where some are missing.
        const row = min(i, n - MR);
        const to = sums + <usize>row * line + <usize>(j * size);
        microKernelOfRows<T>(false, depth, source + <usize>row * pitch, pitch, panelB, to, line);
      } else {
        const to = sums + <usize>i * line + <usize>(j * size);
        microKernel<T>(false, depth, packedA + <usize>(i * depth * size), panelB, to, line);
      }
    }
  }
}

/** A row of C, up to the diagonal, and its copy above it. */
function addRow<T>(i: i32): void {
  const job = changetype<LongRowsJob>(LONG_ROWS_JOB);
  const size = sizeof<T>();
  const step = 16 / <i32>size;
  const row = job.c + <usize>i * <usize>job.strideC * size;
  const first = workspace() + <usize>(i * job.padded) * size;
  const beta = v128.splat<T>(<T>job.beta);
  let j = 0;
  for (; j + step <= i + 1; j += step) {
    const at = row + <usize>j * size;
    let from = first + <usize>j * size;
    let block = 0;
    let sum: v128;
    if (job.beta == 0) {
      sum = v128.load(from);
      from += job.partialBytes;
      block = 1;
    } else {
      sum = v128.load(at);
      if (job.beta != 1) sum = v128.mul<T>(sum, beta);
    }
    for (; block < job.blocks; block++) {
      sum = v128.add<T>(sum, v128.load(from));
      from += job.partialBytes;
    }
    v128.store(at, sum);
  }
  for (; j <= i; j++) {
    const at = row + <usize>j * size;
    let from = first + <usize>j * size;
    let block = 0;
    let sum: T;
    if (job.beta == 0) {
      sum = load<T>(from);
      from += job.partialBytes;
      block = 1;
    } else {
      sum = load<T>(at);
      if (job.beta != 1) sum *= <T>job.beta;
    }
    for (; block < job.blocks; block++) {
      sum += load<T>(from);
      from += job.partialBytes;
    }
    store<T>(at, sum);
  }
  if (!job.mirror) return;
  for (let q = 0; q < i; q++) {
    const to = job.c + (<usize>q * <usize>job.strideC + <usize>i) * size;
    store<T>(to, load<T>(row + <usize>q * size));
  }
}
