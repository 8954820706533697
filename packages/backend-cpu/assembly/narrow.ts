// Products with few columns: C = alpha A B + beta C for rows of A that lie along memory. Each element of A
// meets a few panels of B, which is less work than packing it: rows of A are multiplied as they lie. Sums are
// those of gemm.ts, to the bit: over the same blocks of k, in the same order.

import { MR, microColumns, narrowRows, wideRows } from './micro-kernel';
import { PACKED_B_BYTES } from './layout';
import { NarrowJob, narrowJob, openNarrowJob, runNarrowJob } from './narrow-job';
import { packPanel } from './pack';
import { scratch, threadCount, wideTiles, workspace } from './threads';

/**
 * From how many columns on this is faster than to read A once (thin.ts), to how many it is faster than to
 * pack A; and the least rows and depth for it.
 */
const LEAST_COLUMNS: i32 = 6;
const MOST_COLUMNS: i32 = 256;
const LEAST_ROWS: i32 = 6;
const LEAST_DEPTH: i32 = 32;

/** Rows of a task, at most; their sums, of at most MOST_COLUMNS and a panel, fit the scratch. */
const TASK_ROWS: i32 = 48;

/** Whether a product is one of those. B is scaled by alpha, so that only its sign may change. */
export function isNarrow<T>(m: i32, n: i32, k: i32, alpha: f64, columnA: i32): bool {
  if (columnA != 1 || n < LEAST_COLUMNS || n > MOST_COLUMNS) return false;
  if (m < LEAST_ROWS || k < LEAST_DEPTH) return false;
  if (alpha != 1 && alpha != -1) return false;
  return <i64>(n + microColumns<T>()) * k * sizeof<T>() <= <i64>PACKED_B_BYTES;
}

/** `depth` is that of the blocks of k. */
export function narrow<T>(
  m: i32,
  n: i32,
  k: i32,
  depth: i32,
  alpha: f64,
  a: usize,
  rowA: i32,
  b: usize,
  rowB: i32,
  columnB: i32,
  beta: f64,
  c: usize,
  strideC: i32,
): void {
  const job = openNarrowJob<T>(m, n, k, depth, alpha, a, rowA, b, rowB, columnB, beta, c, strideC);
  job.padded = 0;
  while (job.padded < n) job.padded += panelWidth<T>(n - job.padded);
  job.taskRows = TASK_ROWS;
  while (job.taskRows > 2 * MR && m < 4 * threadCount() * job.taskRows) job.taskRows /= 2;
  const pack = (block: i32): void => packBlock<T>(block);
  const multiply = (task: i32): void => multiplyRows<T>(task);
  runNarrowJob(job, pack.index, multiply.index);
}

/** Width of the panel that begins with so many columns left. */
@inline
function panelWidth<T>(left: i32): i32 {
  const width = microColumns<T>();
  return wideTiles() && left <= width / 2 ? width / 2 : width;
}

/** Packed panels of a block of k lie one after the other. */
@inline
function packedBlock<T>(job: NarrowJob, p: i32): usize {
  return workspace() + <usize>p * <usize>job.padded * sizeof<T>();
}

function packBlock<T>(block: i32): void {
  const job = narrowJob();
  const p = block * job.depth;
  const depth = min(job.depth, job.k - p);
  const size = <i32>sizeof<T>();
  let target = packedBlock<T>(job, p);
  for (let j = 0; j < job.n; ) {
    const width = panelWidth<T>(job.n - j);
    const source = job.b + <usize>((j * job.columnB + p * job.rowB) * size);
    packPanel<T>(source, job.columnB, job.rowB, width, min(width, job.n - j), depth, <T>job.alpha, target);
    target += <usize>(width * depth * size);
    j += width;
  }
}

/**
 * The rows of a task, in strips of MR, the last of which begins earlier where rows are left over. Sums grow
 * in the thread's scratch, block by block, and go to C in the end.
 */
function multiplyRows<T>(task: i32): void {
  const job = narrowJob();
  const begin = task * job.taskRows;
  const end = min(job.m, begin + job.taskRows);
  const size = sizeof<T>();
  const line = <usize>job.padded * size;
  if (job.beta != 0) loadSums<T>(job, begin, end, line);
  for (let p = 0; p < job.k; p += job.depth) {
    const depth = min(job.depth, job.k - p);
    const add = p > 0 || job.beta != 0;
    let sums = scratch();
    for (let i = begin; i < end; i += MR) {
      const rows = job.a + <usize>max(0, min(i, end - MR)) * job.pitch + <usize>p * size;
      multiplyStrip<T>(job, add, p, depth, rows, sums, line);
      sums += <usize>MR * line;
    }
  }
  storeSums<T>(job, begin, end, line);
}

/** One block of k of six rows with all panels of B. */
function multiplyStrip<T>(
  job: NarrowJob,
  add: bool,
  p: i32,
  depth: i32,
  rows: usize,
  sums: usize,
  line: usize,
): void {
  const full = microColumns<T>();
  let panel = packedBlock<T>(job, p);
  for (let j = 0; j < job.padded; ) {
    const width = panelWidth<T>(job.n - j);
    const to = sums + <usize>j * sizeof<T>();
    if (wideTiles() && width == full) wideRows<T>(add, depth, rows, job.pitch, panel, to, line);
    else narrowRows<T>(add, depth, rows, job.pitch, panel, to, line);
    panel += <usize>(width * depth) * sizeof<T>();
    j += width;
  }
}

/** Where the sums of a row are: those of the last strip, if that begins earlier, lie at its end. */
@inline
function sumsOf(begin: i32, end: i32, row: i32, line: usize): usize {
  const strip = (row - begin) / MR;
  const start = max(0, min(begin + strip * MR, end - MR));
  return scratch() + <usize>(strip * MR + row - start) * line;
}

/** The sums begin with beta C. */
function loadSums<T>(job: NarrowJob, begin: i32, end: i32, line: usize): void {
  const beta = <T>job.beta;
  for (let row = begin; row < end; row++) {
    const to = sumsOf(begin, end, row, line);
    const from = job.c + <usize>(row * job.strideC) * sizeof<T>();
    for (let at: usize = 0; at < <usize>job.n * sizeof<T>(); at += sizeof<T>()) {
      store<T>(to + at, load<T>(from + at) * beta);
    }
  }
}

function storeSums<T>(job: NarrowJob, begin: i32, end: i32, line: usize): void {
  for (let row = begin; row < end; row++) {
    const to = job.c + <usize>(row * job.strideC) * sizeof<T>();
    memory.copy(to, sumsOf(begin, end, row, line), <usize>job.n * sizeof<T>());
  }
}
