// Products with few columns of matrices that are stored by columns: C = alpha A B + beta C. The lines of A,
// of which k is the slow index, are multiplied as they lie. What is computed is Cᵀ = Bᵀ Aᵀ: its rows are the
// few columns of C, packed in panels of six. Sums are those of gemm.ts, to the bit: over the same blocks of
// k, in the same order.

import { PACKED_A_BYTES } from './layout';
import { MR, microColumns, microKernelOfLines } from './micro-kernel';
import { NarrowJob, narrowJob, openNarrowJob, runNarrowJob } from './narrow-job';
import { packPanel } from './pack';
import { roundUp } from './simd';
import { scratch, threadCount, workspace } from './threads';

/**
 * From how many columns on this is faster than to read A once (thin.ts), to how many it is faster than to
 * pack A; and the least rows and depth for it.
 */
const LEAST_COLUMNS: i32 = 9;
const MOST_COLUMNS: i32 = 128;
const LEAST_ROWS: i32 = 32;
const LEAST_DEPTH: i32 = 32;

/** Bytes of the lines that a task takes, at most: their sums fit the scratch. */
const TASK_BYTES: i32 = 512;

/** Whether a product is one of those. B is scaled by alpha, so that only its sign may change. */
export function isNarrowTransposed<T>(m: i32, n: i32, k: i32, alpha: f64, rowA: i32): bool {
  if (rowA != 1 || n < LEAST_COLUMNS || n > MOST_COLUMNS) return false;
  if (m < LEAST_ROWS || k < LEAST_DEPTH) return false;
  if (alpha != 1 && alpha != -1) return false;
  return <i64>roundUp(n, MR) * k * sizeof<T>() <= <i64>PACKED_A_BYTES;
}

/** `depth` is that of the blocks of k. */
export function narrowTransposed<T>(
  m: i32,
  n: i32,
  k: i32,
  depth: i32,
  alpha: f64,
  a: usize,
  columnA: i32,
  b: usize,
  rowB: i32,
  columnB: i32,
  beta: f64,
  c: usize,
  strideC: i32,
): void {
  const size = <i32>sizeof<T>();
  const job = openNarrowJob<T>(m, n, k, depth, alpha, a, columnA, b, rowB, columnB, beta, c, strideC);
  job.padded = roundUp(n, MR);
  job.taskRows = TASK_BYTES / size;
  while (job.taskRows > 64 / size && m < 4 * threadCount() * job.taskRows) job.taskRows /= 2;
  const pack = (block: i32): void => packBlock<T>(block);
  const multiply = (task: i32): void => multiplyLines<T>(task);
  runNarrowJob(job, pack.index, multiply.index);
}

/** The columns of B in panels of six, for a block of k. */
function packBlock<T>(block: i32): void {
  const job = narrowJob();
  const size = <i32>sizeof<T>();
  const p = block * job.depth;
  const depth = min(job.depth, job.k - p);
  let target = workspace() + <usize>(p * job.padded * size);
  for (let j = 0; j < job.n; j += MR) {
    const source = job.b + <usize>((j * job.columnB + p * job.rowB) * size);
    packPanel<T>(source, job.columnB, job.rowB, MR, min(MR, job.n - j), depth, <T>job.alpha, target);
    target += <usize>(MR * depth * size);
  }
}

/**
 * The rows of C of a task, in micro-tiles as wide as some rows: the last one begins earlier where rows are
 * left over. Sums grow in the thread's scratch, by columns of C, and go to C in the end.
 */
function multiplyLines<T>(task: i32): void {
  const job = narrowJob();
  const size = <i32>sizeof<T>();
  const width = microColumns<T>();
  const begin = task * job.taskRows;
  const end = min(job.m, begin + job.taskRows);
  const tile = <usize>(job.padded * width * size);
  const line = <usize>(width * size);
  if (job.beta != 0) loadSums<T>(job, begin, end, tile);
  for (let p = 0; p < job.k; p += job.depth) {
    const depth = min(job.depth, job.k - p);
    const add = p > 0 || job.beta != 0;
    const panels = workspace() + <usize>(p * job.padded * size);
    const lines = job.a + <usize>p * job.pitch;
    let sums = scratch();
    for (let i = begin; i < end; i += width) {
      const from = lines + <usize>(firstRow<T>(i, job.m) * size);
      for (let j = 0; j < job.padded; j += MR) {
        const panel = panels + <usize>(j * depth * size);
        microKernelOfLines<T>(add, depth, panel, from, job.pitch, sums + <usize>j * line, line);
      }
      sums += tile;
    }
  }
  storeSums<T>(job, begin, end, tile);
}

/** Where the micro-tile of row i begins: no line is read beyond its end. */
@inline
function firstRow<T>(i: i32, m: i32): i32 {
  return min(i, m - microColumns<T>());
}

/** The sums begin with beta C. */
function loadSums<T>(job: NarrowJob, begin: i32, end: i32, tile: usize): void {
  const size = <i32>sizeof<T>();
  const width = microColumns<T>();
  const beta = <T>job.beta;
  let sums = scratch();
  for (let i = begin; i < end; i += width) {
    const first = firstRow<T>(i, job.m);
    for (let r = 0; r < width; r++) {
      const from = job.c + <usize>((first + r) * job.strideC * size);
      for (let j = 0; j < job.n; j++) {
        const value = load<T>(from + <usize>(j * size)) * beta;
        store<T>(sums + <usize>((j * width + r) * size), value);
      }
    }
    sums += tile;
  }
}

/** Rows of C that two micro-tiles have are those of the first. */
function storeSums<T>(job: NarrowJob, begin: i32, end: i32, tile: usize): void {
  const size = <i32>sizeof<T>();
  const width = microColumns<T>();
  let sums = scratch();
  for (let i = begin; i < end; i += width) {
    const first = firstRow<T>(i, job.m);
    for (let r = i - first; r < width && first + r < end; r++) {
      const to = job.c + <usize>((first + r) * job.strideC * size);
      for (let j = 0; j < job.n; j++) {
        store<T>(to + <usize>(j * size), load<T>(sums + <usize>((j * width + r) * size)));
      }
    }
    sums += tile;
  }
}
