// The micro-tile of products, in the shape that is in use.

import {
  add6xNarrow_f32,
  add6xNarrow_f64,
  add6xWide_f32,
  add6xWide_f64,
  set6xNarrow_f32,
  set6xNarrow_f64,
  set6xWide_f32,
  set6xWide_f64,
} from './generated/micro-kernels';
import { wideTiles } from './threads';

/** Rows of a micro-tile. */
export const MR: i32 = 6;

/** Columns of a micro-tile. */
@inline
export function microColumns<T>(): i32 {
  return (wideTiles() ? 64 : 32) / <i32>sizeof<T>();
}

/** One micro-tile: C (6 x NR) = or += panel of A times panel of B; `stride` in bytes. */
@inline
export function microKernel<T>(
  accumulate: bool,
  k: i32,
  a: usize,
  b: usize,
  c: usize,
  stride: usize,
): void {
  if (wideTiles()) {
    if (sizeof<T>() == 4) {
      if (accumulate) add6xWide_f32(k, a, b, c, stride);
      else set6xWide_f32(k, a, b, c, stride);
    } else {
      if (accumulate) add6xWide_f64(k, a, b, c, stride);
      else set6xWide_f64(k, a, b, c, stride);
    }
  } else if (sizeof<T>() == 4) {
    if (accumulate) add6xNarrow_f32(k, a, b, c, stride);
    else set6xNarrow_f32(k, a, b, c, stride);
  } else {
    if (accumulate) add6xNarrow_f64(k, a, b, c, stride);
    else set6xNarrow_f64(k, a, b, c, stride);
  }
}
