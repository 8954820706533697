// Reductions: sum, sum of squares, largest entry. Everything is accumulated in f64, in an order fixed by the
// shape: vectors of a run, runs of at most RUN elements, then the runs in order. So results do not depend on
// the number of threads.

import { REDUCE_JOB } from './layout';
import { parallel, workspace } from './threads';

export const SUM: i32 = 0;
export const SQUARES: i32 = 1;
export const MAXIMUM: i32 = 2;

/** What is made of the accumulated value. */
export const ROOT: i32 = 1;

/** Elements that one task accumulates; also rows of a block of a column reduction. */
const RUN: i32 = 16384;
const ROW_BLOCK: i32 = 512;
/** Columns that are accumulated at a time. */
const COLUMN_BLOCK: i32 = 512;

@unmanaged
class ReduceJob {
  operation: i32;
  a: usize;
  rows: i32;
  columns: i32;
  /** f64 partial results. */
  partials: usize;
  rowBlock: i32;
}

@inline
function neutral(operation: i32): f64 {
  return operation == MAXIMUM ? -Infinity : 0;
}

@inline
function combine(operation: i32, x: f64, y: f64): f64 {
  // AssemblyScript's max of floats is WebAssembly's: NaN wins.
  return operation == MAXIMUM ? max<f64>(x, y) : x + y;
}

/** Adds two vectors of f64 (from T) to the accumulator. */
@inline
function accumulate(operation: i32, accumulator: v128, x: v128): v128 {
  if (operation == MAXIMUM) return v128.max<f64>(accumulator, x);
  if (operation == SQUARES) return v128.add<f64>(accumulator, v128.mul<f64>(x, x));
  return v128.add<f64>(accumulator, x);
}

@inline
function low<T>(x: v128): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(x) : x;
}

@inline
function high<T>(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 0));
}

/** A run of n elements. */
function reduceRun<T>(operation: i32, a: usize, n: i32): f64 {
  let s0 = f64x2.splat(neutral(operation));
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const step: i32 = sizeof<T>() == 4 ? 8 : 8;
  for (; n >= step; n -= step) {
    if (sizeof<T>() == 4) {
      const x = v128.load(a);
      const y = v128.load(a, 16);
      s0 = accumulate(operation, s0, low<T>(x));
      s1 = accumulate(operation, s1, high<T>(x));
      s2 = accumulate(operation, s2, low<T>(y));
      s3 = accumulate(operation, s3, high<T>(y));
      a += 32;
    } else {
      s0 = accumulate(operation, s0, v128.load(a));
      s1 = accumulate(operation, s1, v128.load(a, 16));
      s2 = accumulate(operation, s2, v128.load(a, 32));
      s3 = accumulate(operation, s3, v128.load(a, 48));
      a += 64;
    }
  }
  let pairs: v128;
  if (operation == MAXIMUM) pairs = v128.max<f64>(v128.max<f64>(s0, s1), v128.max<f64>(s2, s3));
  else pairs = v128.add<f64>(v128.add<f64>(s0, s1), v128.add<f64>(s2, s3));
  let total = combine(operation, f64x2.extract_lane(pairs, 0), f64x2.extract_lane(pairs, 1));
  for (; n > 0; n--) {
    const x = <f64>load<T>(a);
    total = combine(operation, total, operation == SQUARES ? x * x : x);
    a += sizeof<T>();
  }
  return total;
}

@inline
function finish<T>(value: f64, factor: f64, post: i32): T {
  return <T>(post == ROOT ? sqrt<f64>(value) : value * factor);
}

/** One result for all n elements: f(total) with f a factor or the root. */
export function reduceAll<T>(operation: i32, a: usize, n: i32, factor: f64, post: i32, target: usize): void {
  const job = changetype<ReduceJob>(REDUCE_JOB);
  job.operation = operation;
  job.a = a;
  job.columns = n;
  job.partials = workspace();
  const runs = (n + RUN - 1) / RUN;
  const fn = (task: i32): void => {
    const job = changetype<ReduceJob>(REDUCE_JOB);
    const length = min(RUN, job.columns - task * RUN);
    const from = job.a + <usize>task * RUN * sizeof<T>();
    store<f64>(job.partials + <usize>task * 8, reduceRun<T>(job.operation, from, length));
  };
  parallel(fn.index, runs, <f64>n);
  let total = neutral(operation);
  for (let r = 0; r < runs; r++) total = combine(operation, total, load<f64>(job.partials + <usize>r * 8));
  store<T>(target, finish<T>(total, factor, post));
}

@unmanaged
class RowsJob {
  operation: i32;
  a: usize;
  rows: i32;
  columns: i32;
  target: usize;
  post: i32;
  factor: f64;
  /** Rows of a task. */
  height: i32;
}

/** One result per row. */
export function reduceRows<T>(
  operation: i32,
  a: usize,
  rows: i32,
  columns: i32,
  factor: f64,
  post: i32,
  target: usize,
): void {
  const job = changetype<RowsJob>(REDUCE_JOB);
  job.operation = operation;
  job.a = a;
  job.rows = rows;
  job.columns = columns;
  job.target = target;
  job.factor = factor;
  job.post = post;
  job.height = max(1, RUN / max(1, columns));
  const fn = (task: i32): void => reduceRowsTask<T>(task);
  parallel(fn.index, (rows + job.height - 1) / job.height, <f64>rows * columns);
}

function reduceRowsTask<T>(task: i32): void {
  const job = changetype<RowsJob>(REDUCE_JOB);
  const begin = task * job.height;
  const end = min(job.rows, begin + job.height);
  for (let i = begin; i < end; i++) {
    const row = job.a + <usize>i * <usize>job.columns * sizeof<T>();
    let total = neutral(job.operation);
    for (let done = 0; done < job.columns; done += RUN) {
      const from = row + <usize>done * sizeof<T>();
      total = combine(job.operation, total, reduceRun<T>(job.operation, from, min(RUN, job.columns - done)));
    }
    store<T>(job.target + <usize>i * sizeof<T>(), finish<T>(total, job.factor, job.post));
  }
}

/** One result per column: blocks of rows are accumulated side by side, then the blocks in order. */
export function reduceColumns<T>(
  operation: i32,
  a: usize,
  rows: i32,
  columns: i32,
  factor: f64,
  post: i32,
  target: usize,
): void {
  const job = changetype<ReduceJob>(REDUCE_JOB);
  job.operation = operation;
  job.a = a;
  job.rows = rows;
  job.columns = columns;
  job.partials = workspace();
  // At most 64 blocks, and partial results within 8 MiB.
  let blocks = min(64, (rows + ROW_BLOCK - 1) / ROW_BLOCK);
  blocks = max(1, min(blocks, 1048576 / max(1, columns)));
  job.rowBlock = (rows + blocks - 1) / blocks;
  if (job.rowBlock > 0) blocks = (rows + job.rowBlock - 1) / job.rowBlock;
  else blocks = 0;
  const across = (columns + COLUMN_BLOCK - 1) / COLUMN_BLOCK;
  if (columns <= 1048576) {
    const fn = (task: i32): void => reduceColumnsTask<T>(task);
    parallel(fn.index, blocks * across, <f64>rows * columns);
  }
  for (let j = 0; j < columns; j++) {
    let total = neutral(operation);
    if (columns <= 1048576) {
      for (let b = 0; b < blocks; b++) {
        total = combine(operation, total, load<f64>(job.partials + (<usize>b * columns + j) * 8));
      }
    } else {
      // Too wide for the workspace: few rows, so straight through.
      for (let i = 0; i < rows; i++) {
        const x = <f64>load<T>(a + (<usize>i * columns + j) * sizeof<T>());
        total = combine(operation, total, operation == SQUARES ? x * x : x);
      }
    }
    store<T>(target + <usize>j * sizeof<T>(), finish<T>(total, factor, post));
  }
}

function reduceColumnsTask<T>(task: i32): void {
  const job = changetype<ReduceJob>(REDUCE_JOB);
  const across = (job.columns + COLUMN_BLOCK - 1) / COLUMN_BLOCK;
  const block = task / across;
  const j0 = (task % across) * COLUMN_BLOCK;
  const width = min(COLUMN_BLOCK, job.columns - j0);
  const begin = block * job.rowBlock;
  const end = min(job.rows, begin + job.rowBlock);
  const sums = job.partials + (<usize>block * job.columns + j0) * 8;
  for (let j = 0; j < width; j++) store<f64>(sums + <usize>j * 8, neutral(job.operation));
  for (let i = begin; i < end; i++) {
    accumulateRow<T>(job.operation, job.a + (<usize>i * job.columns + j0) * sizeof<T>(), width, sums);
  }
}

function accumulateRow<T>(operation: i32, row: usize, width: i32, sums: usize): void {
  let j = 0;
  for (; j + 4 <= width; j += 4) {
    const x = v128.load(row);
    const second = sizeof<T>() == 4 ? high<T>(x) : v128.load(row, 16);
    const s0 = accumulate(operation, v128.load(sums), low<T>(x));
    const s1 = accumulate(operation, v128.load(sums, 16), second);
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    row += 4 * sizeof<T>();
    sums += 32;
  }
  for (; j < width; j++) {
    const x = <f64>load<T>(row);
    store<f64>(sums, combine(operation, load<f64>(sums), operation == SQUARES ? x * x : x));
    row += sizeof<T>();
    sums += 8;
  }
}

/** Index (i32) of the first largest entry of each row; an entry that is NaN counts as largest. */
export function argmaxRows<T>(a: usize, rows: i32, columns: i32, target: usize): void {
  for (let i = 0; i < rows; i++) {
    const row = a + <usize>i * <usize>columns * sizeof<T>();
    let best = load<T>(row);
    let index = 0;
    for (let j = 1; j < columns; j++) {
      const x = load<T>(row + <usize>j * sizeof<T>());
      if (x > best || (x != x && best == best)) {
        best = x;
        index = j;
      }
    }
    store<i32>(target + <usize>i * 4, index);
  }
}

/** Index (i32) of the first largest entry of each column. */
export function argmaxColumns<T>(a: usize, rows: i32, columns: i32, target: usize): void {
  memory.fill(target, 0, <usize>columns * 4);
  for (let i = 1; i < rows; i++) {
    const row = a + <usize>i * <usize>columns * sizeof<T>();
    for (let j = 0; j < columns; j++) {
      const index = target + <usize>j * 4;
      const x = load<T>(row + <usize>j * sizeof<T>());
      const best = load<T>(a + (<usize>load<i32>(index) * <usize>columns + j) * sizeof<T>());
      if (x > best || (x != x && best == best)) store<i32>(index, i);
    }
  }
}
