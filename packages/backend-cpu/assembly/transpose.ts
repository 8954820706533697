// Transposes: blocks of 4 x 4 (f32) or 2 x 2 (f64) in registers, threads over strips of rows.

import { SIMPLE_JOB } from './layout';
import { parallel } from './threads';

/** target[c][r] = source[r][c] for a block; strides in elements between rows. */
export function transposeBlock<T>(
  source: usize,
  sourceStride: i32,
  target: usize,
  targetStride: i32,
  rows: i32,
  columns: i32,
): void {
  const side: i32 = 16 / <i32>sizeof<T>();
  const from = <usize>(sourceStride * <i32>sizeof<T>());
  const to = <usize>(targetStride * <i32>sizeof<T>());
  let c = 0;
  for (; c + side <= columns; c += side) {
    let s = source + <usize>(c * <i32>sizeof<T>());
    let t = target + <usize>c * to;
    let r = 0;
    for (; r + side <= rows; r += side) {
      if (sizeof<T>() == 4) transpose4x4(s, from, t, to);
      else transpose2x2(s, from, t, to);
      s += from * <usize>side;
      t += 16;
    }
    for (; r < rows; r++) {
      for (let q = 0; q < side; q++) store<T>(t + <usize>q * to, load<T>(s + <usize>(q * <i32>sizeof<T>())));
      s += from;
      t += sizeof<T>();
    }
  }
  for (; c < columns; c++) {
    let s = source + <usize>(c * <i32>sizeof<T>());
    let t = target + <usize>c * to;
    for (let r = 0; r < rows; r++) {
      store<T>(t, load<T>(s));
      s += from;
      t += sizeof<T>();
    }
  }
}

@inline
function transpose4x4(s: usize, from: usize, t: usize, to: usize): void {
  const a = v128.load(s);
  const b = v128.load(s + from);
  const c = v128.load(s + 2 * from);
  const d = v128.load(s + 3 * from);
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(t, v128.shuffle<f64>(abLow, cdLow, 0, 2));
  v128.store(t + to, v128.shuffle<f64>(abLow, cdLow, 1, 3));
  v128.store(t + 2 * to, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
  v128.store(t + 3 * to, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
}

@inline
function transpose2x2(s: usize, from: usize, t: usize, to: usize): void {
  const a = v128.load(s);
  const b = v128.load(s + from);
  v128.store(t, v128.shuffle<f64>(a, b, 0, 2));
  v128.store(t + to, v128.shuffle<f64>(a, b, 1, 3));
}

/** Side of the square blocks that one task copies: source and target lines both stay in the L1 cache. */
const BLOCK: i32 = 64;

@unmanaged
class TransposeJob {
  source: usize;
  target: usize;
  rows: i32;
  columns: i32;
}

/** target [columns][rows] = transpose of source [rows][columns]. */
export function transpose<T>(source: usize, rows: i32, columns: i32, target: usize): void {
  const job = changetype<TransposeJob>(SIMPLE_JOB);
  job.source = source;
  job.target = target;
  job.rows = rows;
  job.columns = columns;
  const fn = (task: i32): void => transposeStrip<T>(task);
  parallel(fn.index, (rows + BLOCK - 1) / BLOCK, <f64>rows * columns);
}

function transposeStrip<T>(task: i32): void {
  const job = changetype<TransposeJob>(SIMPLE_JOB);
  const begin = task * BLOCK;
  const height = min(BLOCK, job.rows - begin);
  for (let c = 0; c < job.columns; c += BLOCK) {
    transposeBlock<T>(
      job.source + (<usize>begin * job.columns + c) * sizeof<T>(),
      job.columns,
      job.target + (<usize>c * job.rows + begin) * sizeof<T>(),
      job.rows,
      height,
      min(BLOCK, job.columns - c),
    );
  }
}
