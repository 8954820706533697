// What products with few columns have in common, whichever way A is stored: B is packed, all of it, and tasks
// of some rows of C multiply A as it lies.

import { NARROW_JOB } from './layout';
import { parallel } from './threads';

@unmanaged
export class NarrowJob {
  m: i32;
  n: i32;
  k: i32;
  a: usize;
  /** Bytes from one row of A to the next, or from one line along which its columns lie. */
  pitch: usize;
  b: usize;
  rowB: i32;
  columnB: i32;
  c: usize;
  strideC: i32;
  alpha: f64;
  beta: f64;
  /** Depth of a block of k; the last may be less deep. */
  depth: i32;
  /** Rows of C that a task takes. */
  taskRows: i32;
  /** Columns of C in whole panels. */
  padded: i32;
}

/** The job of the product in hand. */
@inline
export function narrowJob(): NarrowJob {
  return changetype<NarrowJob>(NARROW_JOB);
}

/** The job of a product; `taskRows` and `padded` are the caller's. */
export function openNarrowJob<T>(
  m: i32,
  n: i32,
  k: i32,
  depth: i32,
  alpha: f64,
  a: usize,
  strideA: i32,
  b: usize,
  rowB: i32,
  columnB: i32,
  beta: f64,
  c: usize,
  strideC: i32,
): NarrowJob {
  const job = narrowJob();
  job.m = m;
  job.n = n;
  job.k = k;
  job.a = a;
  job.pitch = <usize>strideA * sizeof<T>();
  job.b = b;
  job.rowB = rowB;
  job.columnB = columnB;
  job.c = c;
  job.strideC = strideC;
  job.alpha = alpha;
  job.beta = beta;
  job.depth = depth;
  return job;
}

/** Packs the blocks of B, then multiplies the rows of C, by the functions with these table indices. */
export function runNarrowJob(job: NarrowJob, pack: i32, multiply: i32): void {
  const work = <f64>job.m * job.n * job.k;
  parallel(pack, (job.k + job.depth - 1) / job.depth, work);
  parallel(multiply, (job.m + job.taskRows - 1) / job.taskRows, work);
}
