// The micro-tile of products, in the shape that is in use.

import {
  add6xNarrowLines_f32,
  add6xNarrowLines_f64,
  add6xNarrowRows_f32,
  add6xNarrowRows_f64,
  add6xNarrow_f32,
  add6xNarrow_f64,
  add6xWideLines_f32,
  add6xWideLines_f64,
  add6xWideRows_f32,
  add6xWideRows_f64,
  add6xWide_f32,
  add6xWide_f64,
  set6xNarrowLines_f32,
  set6xNarrowLines_f64,
  set6xNarrowRows_f32,
  set6xNarrowRows_f64,
  set6xNarrow_f32,
  set6xNarrow_f64,
  set6xWideLines_f32,
  set6xWideLines_f64,
  set6xWideRows_f32,
  set6xWideRows_f64,
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

/** The same where six rows of A, `pitch` bytes from one to the next, are read as they lie. */
@inline
export function microKernelOfRows<T>(
  accumulate: bool,
  k: i32,
  a: usize,
  pitch: usize,
  b: usize,
  c: usize,
  stride: usize,
): void {
  if (wideTiles()) wideRows<T>(accumulate, k, a, pitch, b, c, stride);
  else narrowRows<T>(accumulate, k, a, pitch, b, c, stride);
}

/** With tiles of the wide shape, and of the narrow one. */
@inline
export function wideRows<T>(add: bool, k: i32, a: usize, pitch: usize, b: usize, c: usize, stride: usize): void {
  if (sizeof<T>() == 4) {
    if (add) add6xWideRows_f32(k, a, pitch, b, c, stride);
    else set6xWideRows_f32(k, a, pitch, b, c, stride);
  } else {
    if (add) add6xWideRows_f64(k, a, pitch, b, c, stride);
    else set6xWideRows_f64(k, a, pitch, b, c, stride);
  }
}

@inline
export function narrowRows<T>(add: bool, k: i32, a: usize, pitch: usize, b: usize, c: usize, stride: usize): void {
  if (sizeof<T>() == 4) {
    if (add) add6xNarrowRows_f32(k, a, pitch, b, c, stride);
    else set6xNarrowRows_f32(k, a, pitch, b, c, stride);
  } else {
    if (add) add6xNarrowRows_f64(k, a, pitch, b, c, stride);
    else set6xNarrowRows_f64(k, a, pitch, b, c, stride);
  }
}

/** One micro-tile where the lines of B, `pitch` bytes from one to the next, are read as they lie. */
@inline
export function microKernelOfLines<T>(
  add: bool,
  k: i32,
  a: usize,
  b: usize,
  pitch: usize,
  c: usize,
  stride: usize,
): void {
  if (wideTiles()) {
    if (sizeof<T>() == 4) {
      if (add) add6xWideLines_f32(k, a, b, pitch, c, stride);
      else set6xWideLines_f32(k, a, b, pitch, c, stride);
    } else if (add) add6xWideLines_f64(k, a, b, pitch, c, stride);
    else set6xWideLines_f64(k, a, b, pitch, c, stride);
  } else if (sizeof<T>() == 4) {
    if (add) add6xNarrowLines_f32(k, a, b, pitch, c, stride);
    else set6xNarrowLines_f32(k, a, b, pitch, c, stride);
  } else if (add) add6xNarrowLines_f64(k, a, b, pitch, c, stride);
  else set6xNarrowLines_f64(k, a, b, pitch, c, stride);
}
