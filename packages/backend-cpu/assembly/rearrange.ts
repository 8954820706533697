// Copies: fills, casts, gathers of rows, blocks, diagonals, image patches.

import { SIMPLE_JOB } from './layout';
import { parallel } from './threads';

/** Bytes that one task copies. */
const PIECE: usize = 262144;

/** Fills n elements. */
export function fill<T>(target: usize, n: i32, value: f64): void {
  if (value == 0 && 1.0 / value > 0) {
    memory.fill(target, 0, <usize>n * sizeof<T>());
    return;
  }
  for (let i = 0; i < n; i++) {
    store<T>(target, <T>value);
    target += sizeof<T>();
  }
}

/** Elements of type S to type T; to integers by truncation, saturating, NaN to 0. */
export function cast<S, T>(source: usize, n: i32, target: usize): void {
  for (let i = 0; i < n; i++) {
    if (isInteger<T>() && isFloat<S>()) store<T>(target, <T>i32_trunc_sat<S>(load<S>(source)));
    else store<T>(target, <T>load<S>(source));
    source += sizeof<S>();
    target += sizeof<T>();
  }
}

@inline
function i32_trunc_sat<S>(x: S): i32 {
  if (!(x == x)) return 0;
  if (<f64>x >= 2147483647.0) return i32.MAX_VALUE;
  if (<f64>x <= -2147483648.0) return i32.MIN_VALUE;
  return <i32>x;
}

@unmanaged
class GatherJob {
  source: usize;
  rowBytes: usize;
  indices: usize;
  count: i32;
  target: usize;
  /** Rows of a task. */
  atOnce: i32;
}

/** Rows of `rowBytes` each, by index (i32). */
export function gather(source: usize, rowBytes: usize, indices: usize, count: i32, target: usize): void {
  if (rowBytes == 0) return;
  const job = changetype<GatherJob>(SIMPLE_JOB);
  job.source = source;
  job.rowBytes = rowBytes;
  job.indices = indices;
  job.count = count;
  job.target = target;
  job.atOnce = <i32>max<usize>(1, PIECE / rowBytes);
  const fn = (task: i32): void => gatherRows(task);
  parallel(fn.index, (count + job.atOnce - 1) / job.atOnce, <f64>count * <f64>rowBytes);
}

function gatherRows(task: i32): void {
  const job = changetype<GatherJob>(SIMPLE_JOB);
  const rowBytes = job.rowBytes;
  const begin = task * job.atOnce;
  const end = min(job.count, begin + job.atOnce);
  let target = job.target + <usize>begin * rowBytes;
  for (let i = begin; i < end; i++) {
    memory.copy(target, job.source + <usize>load<i32>(job.indices + (<usize>i << 2)) * rowBytes, rowBytes);
    target += rowBytes;
  }
}

/** A block of rows of `bytes` each, between row pitches in bytes. */
export function copyRows(
  source: usize,
  sourcePitch: usize,
  target: usize,
  targetPitch: usize,
  bytes: usize,
  rows: i32,
): void {
  if (rows == 1 && bytes >= 4 * PIECE) {
    copyInPieces(source, target, bytes);
    return;
  }
  for (let i = 0; i < rows; i++) {
    memory.copy(target, source, bytes);
    source += sourcePitch;
    target += targetPitch;
  }
}

@unmanaged
class CopyJob {
  source: usize;
  target: usize;
  bytes: usize;
}

/** One core alone does not reach the bandwidth of the memory. */
function copyInPieces(source: usize, target: usize, bytes: usize): void {
  const job = changetype<CopyJob>(SIMPLE_JOB);
  job.source = source;
  job.target = target;
  job.bytes = bytes;
  const fn = (task: i32): void => copyPiece(task);
  parallel(fn.index, <i32>((bytes + PIECE - 1) / PIECE), <f64>bytes);
}

function copyPiece(task: i32): void {
  const job = changetype<CopyJob>(SIMPLE_JOB);
  const begin = <usize>task * PIECE;
  memory.copy(job.target + begin, job.source + begin, min(PIECE, job.bytes - begin));
}

/** Every `pitch`-th element: a diagonal, a column. */
export function copyStrided<T>(source: usize, sourceStep: usize, target: usize, targetStep: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    store<T>(target, load<T>(source));
    source += sourceStep * sizeof<T>();
    target += targetStep * sizeof<T>();
  }
}

/** Value written to every `step`-th element. */
export function fillStrided<T>(target: usize, step: usize, n: i32, value: f64): void {
  for (let i = 0; i < n; i++) {
    store<T>(target, <T>value);
    target += step * sizeof<T>();
  }
}

/**
 * Patches of images [count, height, width, channels] as rows [count * outHeight * outWidth, size * size *
 * channels]; outside of the image there are zeros. `pixel` is the bytes of all channels of a pixel.
 */
export function patches(
  source: usize,
  count: i32,
  height: i32,
  width: i32,
  pixel: usize,
  size: i32,
  stride: i32,
  padding: i32,
  outHeight: i32,
  outWidth: i32,
  target: usize,
): void {
  const line = <usize>width * pixel;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        const left = x * stride - padding;
        // The part of the patch's rows that lies inside of the image.
        const begin = max(0, -left);
        const end = max(begin, min(size, width - left));
        for (let r = 0; r < size; r++) {
          const row = y * stride - padding + r;
          if (row < 0 || row >= height || begin == end) {
            memory.fill(target, 0, <usize>size * pixel);
          } else {
            memory.fill(target, 0, <usize>begin * pixel);
            memory.copy(
              target + <usize>begin * pixel,
              source + <usize>row * line + <usize>(left + begin) * pixel,
              <usize>(end - begin) * pixel,
            );
            memory.fill(target + <usize>end * pixel, 0, <usize>(size - end) * pixel);
          }
          target += <usize>size * pixel;
        }
      }
    }
    source += <usize>height * line;
  }
}
