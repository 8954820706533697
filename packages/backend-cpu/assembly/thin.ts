// Products of a matrix with few vectors (at most MAX_VECTORS): bound by reading the matrix, so it is read
// once, where it lies, without packing. out[r, v] = alpha sum_k matrix[r, k] vectors[k, v] + beta out[r, v].
//
// If the matrix is stored along k, rows are dotted with the vectors; if it is stored along r, scaled rows are
// added up.

import { GEMV_JOB, PACKED_A_BYTES } from './layout';
import { horizontalSum, madd } from './simd';
import { parallel, scratch, workspace } from './threads';

export const MAX_VECTORS: i32 = 8;

/** Rows of a task. */
const ROWS: i32 = 64;
/** Columns of a strip that is added up in a thread's cache, and the rows of k that one task adds up. */
const STRIP: i32 = 512;
const DEPTH: i32 = 2048;

@unmanaged
class ThinJob {
  rows: i32;
  depth: i32;
  vectors: i32;
  matrix: usize;
  /** Elements between rows, or between steps of k. */
  stride: i32;
  out: usize;
  rowOut: i32;
  vectorOut: i32;
  alpha: f64;
  beta: f64;
  /** Where the vectors lie, [vectors][depth]; partial sums, [blocks][vectors][rows]. */
  packed: usize;
  partials: usize;
  strips: i32;
  blocks: i32;
}

/** True if the workspace suffices and the matrix is contiguous one way or the other. */
export function isThin<T>(rows: i32, vectors: i32, depth: i32, rowM: i32, columnM: i32): bool {
  if (vectors > MAX_VECTORS || depth == 0) return false;
  if (<i64>depth * vectors * sizeof<T>() > <i64>PACKED_A_BYTES) return false;
  if (columnM == 1) return true;
  return rowM == 1 && <i64>rows * vectors * sizeof<T>() <= 4194304;
}

export function thin<T>(
  rows: i32,
  vectors: i32,
  depth: i32,
  alpha: f64,
  matrix: usize,
  rowM: i32,
  columnM: i32,
  b: usize,
  stepB: i32,
  vectorB: i32,
  beta: f64,
  out: usize,
  rowOut: i32,
  vectorOut: i32,
): void {
  const job = changetype<ThinJob>(GEMV_JOB);
  job.rows = rows;
  job.depth = depth;
  job.vectors = vectors;
  job.matrix = matrix;
  job.out = out;
  job.rowOut = rowOut;
  job.vectorOut = vectorOut;
  job.alpha = alpha;
  job.beta = beta;
  job.packed = workspace();
  for (let v = 0; v < vectors; v++) {
    for (let k = 0; k < depth; k++) {
      store<T>(
        job.packed + (<usize>v * depth + k) * sizeof<T>(),
        load<T>(b + <usize>((k * stepB + v * vectorB) * <i32>sizeof<T>())),
      );
    }
  }
  const work = <f64>rows * depth * vectors;
  if (columnM == 1) {
    job.stride = rowM;
    const fn = (task: i32): void => dotRows<T>(task);
    parallel(fn.index, (rows + ROWS - 1) / ROWS, work);
    return;
  }
  job.stride = columnM;
  job.strips = (rows + STRIP - 1) / STRIP;
  // Blocks of k depend on the sizes alone; their partial sums, at most 8 MiB, are added in order.
  const room = 8388608 / (rows * vectors * <i32>sizeof<T>());
  job.blocks = max(1, min(min(32, room), depth / DEPTH));
  job.partials = workspace() + PACKED_A_BYTES;
  const fn = (task: i32): void => addRows<T>(task);
  parallel(fn.index, job.strips * job.blocks, work);
  for (let v = 0; v < vectors; v++) {
    for (let r = 0; r < rows; r++) {
      let sum: T = 0;
      for (let block = 0; block < job.blocks; block++) {
        sum += load<T>(job.partials + ((<usize>block * vectors + v) * rows + r) * sizeof<T>());
      }
      storeResult<T>(job, r, v, sum);
    }
  }
}

@inline
function storeResult<T>(job: ThinJob, r: i32, v: i32, sum: T): void {
  const at = job.out + <usize>((r * job.rowOut + v * job.vectorOut) * <i32>sizeof<T>());
  let value = <T>job.alpha * sum;
  if (job.beta != 0) value += <T>job.beta * load<T>(at);
  store<T>(at, value);
}

function dotRows<T>(task: i32): void {
  const job = changetype<ThinJob>(GEMV_JOB);
  const end = min(job.rows, task * ROWS + ROWS);
  const pitch = <usize>job.stride * sizeof<T>();
  const aside = scratch();
  let r = task * ROWS;
  for (; r + 4 <= end; r += 4) {
    const row = job.matrix + <usize>r * pitch;
    for (let v = 0; v < job.vectors; v++) {
      dot4<T>(row, pitch, job.packed + <usize>(v * job.depth) * sizeof<T>(), job.depth, aside);
      for (let q = 0; q < 4; q++) storeResult<T>(job, r + q, v, load<T>(aside + 128 + <usize>q * sizeof<T>()));
    }
  }
  for (; r < end; r++) {
    const row = job.matrix + <usize>r * pitch;
    for (let v = 0; v < job.vectors; v++) {
      // The same code with a pitch of 0, so that a row's result does not depend on its place.
      dot4<T>(row, 0, job.packed + <usize>(v * job.depth) * sizeof<T>(), job.depth, aside);
      storeResult<T>(job, r, v, load<T>(aside + 128));
    }
  }
}

/** Dots of four rows with one vector, to out + 128; accumulates in two vectors per row, which V8 can fuse. */
function dot4<T>(row: usize, pitch: usize, vector: usize, depth: i32, out: usize): void {
  const row1 = row + pitch;
  const row2 = row1 + pitch;
  const row3 = row2 + pitch;
  let a0 = v128.splat<T>(0);
  let b0 = v128.splat<T>(0);
  let a1 = v128.splat<T>(0);
  let b1 = v128.splat<T>(0);
  let a2 = v128.splat<T>(0);
  let b2 = v128.splat<T>(0);
  let a3 = v128.splat<T>(0);
  let b3 = v128.splat<T>(0);
  const end = (<usize>depth * sizeof<T>()) & ~31;
  let at: usize = 0;
  for (; at < end; at += 32) {
    const x = v128.load(vector + at);
    const y = v128.load(vector + at, 16);
    a0 = madd<T>(v128.load(row + at), x, a0);
    b0 = madd<T>(v128.load(row + at, 16), y, b0);
    a1 = madd<T>(v128.load(row1 + at), x, a1);
    b1 = madd<T>(v128.load(row1 + at, 16), y, b1);
    a2 = madd<T>(v128.load(row2 + at), x, a2);
    b2 = madd<T>(v128.load(row2 + at, 16), y, b2);
    a3 = madd<T>(v128.load(row3 + at), x, a3);
    b3 = madd<T>(v128.load(row3 + at, 16), y, b3);
  }
  v128.store(out, a0);
  v128.store(out, b0, 16);
  v128.store(out, a1, 32);
  v128.store(out, b1, 48);
  v128.store(out, a2, 64);
  v128.store(out, b2, 80);
  v128.store(out, a3, 96);
  v128.store(out, b3, 112);
  for (let q: usize = 0; q < 4; q++) {
    let sum = horizontalSum<T>(v128.add<T>(v128.load(out + q * 32), v128.load(out + q * 32, 16)));
    const from = row + q * pitch;
    for (let t = at; t < <usize>depth * sizeof<T>(); t += sizeof<T>()) {
      sum += load<T>(from + t) * load<T>(vector + t);
    }
    store<T>(out + 128 + q * sizeof<T>(), sum);
  }
}

function addRows<T>(task: i32): void {
  const job = changetype<ThinJob>(GEMV_JOB);
  const begin = (task % job.strips) * STRIP;
  const block = task / job.strips;
  const n = min(STRIP, job.rows - begin);
  const perBlock = (job.depth + job.blocks - 1) / job.blocks;
  const first = block * perBlock;
  const last = min(job.depth, first + perBlock);
  const size = sizeof<T>();
  const pitch = <usize>job.stride * size;
  for (let v = 0; v < job.vectors; v++) {
    memory.fill(partial<T>(job, block, v, begin), 0, <usize>n * size);
  }
  let k = first;
  for (; k + 4 <= last; k += 4) {
    const source = job.matrix + <usize>k * pitch + <usize>begin * size;
    for (let v = 0; v < job.vectors; v++) {
      const factors = job.packed + (<usize>v * job.depth + k) * size;
      add4<T>(source, pitch, factors, partial<T>(job, block, v, begin), n);
    }
  }
  for (; k < last; k++) {
    const source = job.matrix + <usize>k * pitch + <usize>begin * size;
    for (let v = 0; v < job.vectors; v++) {
      const factor = load<T>(job.packed + (<usize>v * job.depth + k) * size);
      const target = partial<T>(job, block, v, begin);
      for (let at: usize = 0; at < <usize>n * size; at += size) {
        store<T>(target + at, load<T>(target + at) + factor * load<T>(source + at));
      }
    }
  }
}

@inline
function partial<T>(job: ThinJob, block: i32, v: i32, begin: i32): usize {
  return job.partials + ((<usize>block * job.vectors + v) * job.rows + begin) * sizeof<T>();
}

/** target += sum of four rows times their factors. */
function add4<T>(source: usize, pitch: usize, factors: usize, target: usize, n: i32): void {
  const size = sizeof<T>();
  const source1 = source + pitch;
  const source2 = source1 + pitch;
  const source3 = source2 + pitch;
  const f0 = v128.load_splat<T>(factors);
  const f1 = v128.load_splat<T>(factors + size);
  const f2 = v128.load_splat<T>(factors + 2 * size);
  const f3 = v128.load_splat<T>(factors + 3 * size);
  const bytes = <usize>n * size;
  let at: usize = 0;
  for (; at + 32 <= bytes; at += 32) {
    let x = v128.load(target + at);
    let y = v128.load(target + at, 16);
    x = madd<T>(f0, v128.load(source + at), x);
    y = madd<T>(f0, v128.load(source + at, 16), y);
    x = madd<T>(f1, v128.load(source1 + at), x);
    y = madd<T>(f1, v128.load(source1 + at, 16), y);
    x = madd<T>(f2, v128.load(source2 + at), x);
    y = madd<T>(f2, v128.load(source2 + at, 16), y);
    x = madd<T>(f3, v128.load(source3 + at), x);
    y = madd<T>(f3, v128.load(source3 + at, 16), y);
    v128.store(target + at, x);
    v128.store(target + at, y, 16);
  }
  for (; at < bytes; at += size) {
    let x = load<T>(target + at);
    x += load<T>(factors) * load<T>(source + at);
    x += load<T>(factors + size) * load<T>(source1 + at);
    x += load<T>(factors + 2 * size) * load<T>(source2 + at);
    x += load<T>(factors + 3 * size) * load<T>(source3 + at);
    store<T>(target + at, x);
  }
}
