// Packing: a panel of `width` neighbouring rows (of A) or columns (of B) is copied to [k][width], so that the
// micro-kernel reads both operands in order. Operands have general strides; a transpose is a swap of strides.

import { lanes } from './simd';

/**
 * Packs element (w, p) = source[w * strideW + p * strideK] * scale to target[p * width + w], for w < width
 * and p < k. Where w >= valid the target is 0. `width` is even. Strides are in elements and may be negative.
 */
export function packPanel<T>(
  source: usize,
  strideW: i32,
  strideK: i32,
  width: i32,
  valid: i32,
  k: i32,
  scale: T,
  target: usize,
): void {
  if (valid == width && strideK == 1) packAlongK<T>(source, strideW, width, k, scale, target);
  else if (valid == width && strideW == 1) packAlongWidth<T>(source, strideK, width, k, scale, target);
  else if (strideW == 1) packRagged<T>(source, strideK, width, valid, k, scale, target);
  else packAny<T>(source, strideW, strideK, width, valid, k, scale, target);
}

/**
 * Packs `count` rows or columns as panels of `width`, one after the other. Where the panel's neighbours are
 * adjacent in memory, all panels are filled side by side, so that the source is read in long runs.
 */
export function packPanels<T>(
  source: usize,
  strideW: i32,
  strideK: i32,
  width: i32,
  count: i32,
  k: i32,
  scale: T,
  target: usize,
): void {
  const size = <i32>sizeof<T>();
  const panel = <usize>(width * k * size);
  let w = 0;
  if (strideW == 1) {
    const whole = count / width;
    w = whole * width;
    for (let p = 0; p < k; p += STEPS) {
      const steps = min(STEPS, k - p);
      let to = target + <usize>(p * width * size);
      for (let q = 0; q < w; q += width) {
        packAlongWidth<T>(source + <usize>((p * strideK + q) * size), strideK, width, steps, scale, to);
        to += panel;
      }
    }
    target += <usize>whole * panel;
  }
  for (; w < count; w += width) {
    const from = source + <usize>(w * strideW * size);
    packPanel<T>(from, strideW, strideK, width, min(width, count - w), k, scale, target);
    target += panel;
  }
}

/** Steps of k that are packed of a panel before going on to the next. */
const STEPS: i32 = 8;

function packAny<T>(
  source: usize,
  strideW: i32,
  strideK: i32,
  width: i32,
  valid: i32,
  k: i32,
  scale: T,
  target: usize,
): void {
  const stepK = <usize>(strideK * <i32>sizeof<T>());
  const row = <usize>width * sizeof<T>();
  for (let w = 0; w < width; w++) {
    let to = target + <usize>w * sizeof<T>();
    let from = source + <usize>(w * strideW * <i32>sizeof<T>());
    if (w < valid) {
      for (let p = 0; p < k; p++) {
        store<T>(to, load<T>(from) * scale);
        from += stepK;
        to += row;
      }
    } else {
      for (let p = 0; p < k; p++) {
        store<T>(to, <T>0);
        to += row;
      }
    }
  }
}

/**
 * The panel's neighbours are adjacent in memory: rows are copied, of 24 (6 f32), 32, 48 (6 f64) or 64 bytes.
 */
function packAlongWidth<T>(source: usize, strideK: i32, width: i32, k: i32, scale: T, target: usize): void {
  const step = <usize>(strideK * <i32>sizeof<T>());
  const factor = v128.splat<T>(scale);
  const bytes = <usize>width * sizeof<T>();
  if (bytes == 64) {
    for (let p = 0; p < k; p++) {
      const a = v128.mul<T>(v128.load(source), factor);
      const b = v128.mul<T>(v128.load(source, 16), factor);
      const c = v128.mul<T>(v128.load(source, 32), factor);
      const d = v128.mul<T>(v128.load(source, 48), factor);
      v128.store(target, a);
      v128.store(target, b, 16);
      v128.store(target, c, 32);
      v128.store(target, d, 48);
      source += step;
      target += 64;
    }
  } else if (bytes == 48) {
    for (let p = 0; p < k; p++) {
      const a = v128.mul<T>(v128.load(source), factor);
      const b = v128.mul<T>(v128.load(source, 16), factor);
      const c = v128.mul<T>(v128.load(source, 32), factor);
      v128.store(target, a);
      v128.store(target, b, 16);
      v128.store(target, c, 32);
      source += step;
      target += 48;
    }
  } else if (bytes == 32) {
    for (let p = 0; p < k; p++) {
      const a = v128.mul<T>(v128.load(source), factor);
      const b = v128.mul<T>(v128.load(source, 16), factor);
      v128.store(target, a);
      v128.store(target, b, 16);
      source += step;
      target += 32;
    }
  } else {
    for (let p = 0; p < k; p++) {
      v128.store(target, v128.mul<T>(v128.load(source), factor));
      v128.store64_lane(target, v128.mul<T>(v128.load64_zero(source, 16), factor), 0, 16);
      source += step;
      target += 24;
    }
  }
}

/** As `packAlongWidth`, where neighbors are missing. */
function packRagged<T>(
  source: usize,
  strideK: i32,
  width: i32,
  valid: i32,
  k: i32,
  scale: T,
  target: usize,
): void {
  const step = <usize>(strideK * <i32>sizeof<T>());
  const factor = v128.splat<T>(scale);
  const bytes = <usize>width * sizeof<T>();
  const filled = <usize>valid * sizeof<T>();
  const vectors = filled & ~15;
  for (let p = 0; p < k; p++) {
    let at: usize = 0;
    for (; at < vectors; at += 16) v128.store(target + at, v128.mul<T>(v128.load(source + at), factor));
    for (; at < filled; at += sizeof<T>()) store<T>(target + at, load<T>(source + at) * scale);
    for (; at < bytes; at += sizeof<T>()) store<T>(target + at, <T>0);
    source += step;
    target += bytes;
  }
}

/** The panel's k runs along memory: small blocks are transposed in registers. */
function packAlongK<T>(source: usize, strideW: i32, width: i32, k: i32, scale: T, target: usize): void {
  const step = <usize>(strideW * <i32>sizeof<T>());
  const row = <usize>width * sizeof<T>();
  const factor = v128.splat<T>(scale);
  let w = 0;
  if (sizeof<T>() == 4) {
    for (; w + 4 <= width; w += 4) {
      transpose4<T>(source, step, k, factor, scale, target, row);
      source += step * 4;
      target += 4 * sizeof<T>();
    }
  }
  for (; w < width; w += 2) {
    transpose2<T>(source, step, k, factor, scale, target, row);
    source += step * 2;
    target += 2 * sizeof<T>();
  }
}

/** Four rows of f32 to a column of quadruples. */
function transpose4<T>(s: usize, step: usize, k: i32, factor: v128, scale: T, t: usize, row: usize): void {
  let p = 0;
  const s1 = s + step;
  const s2 = s1 + step;
  const s3 = s2 + step;
  let at: usize = 0;
  for (; p + 4 <= k; p += 4) {
    const a = v128.mul<f32>(v128.load(s + at), factor);
    const b = v128.mul<f32>(v128.load(s1 + at), factor);
    const c = v128.mul<f32>(v128.load(s2 + at), factor);
    const d = v128.mul<f32>(v128.load(s3 + at), factor);
    const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(t, v128.shuffle<f64>(abLow, cdLow, 0, 2));
    v128.store(t + row, v128.shuffle<f64>(abLow, cdLow, 1, 3));
    v128.store(t + 2 * row, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
    v128.store(t + 3 * row, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
    at += 16;
    t += 4 * row;
  }
  for (; p < k; p++) {
    store<T>(t, load<T>(s + at) * scale);
    store<T>(t, load<T>(s1 + at) * scale, 4);
    store<T>(t, load<T>(s2 + at) * scale, 8);
    store<T>(t, load<T>(s3 + at) * scale, 12);
    at += 4;
    t += row;
  }
}

/** Two rows to a column of pairs. */
function transpose2<T>(s: usize, step: usize, k: i32, factor: v128, scale: T, t: usize, row: usize): void {
  let p = 0;
  const s1 = s + step;
  let at: usize = 0;
  for (; p + lanes<T>() <= k; p += lanes<T>()) {
    const a = v128.mul<T>(v128.load(s + at), factor);
    const b = v128.mul<T>(v128.load(s1 + at), factor);
    if (sizeof<T>() == 4) {
      const low = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const high = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      v128.store64_lane(t, low, 0);
      v128.store64_lane(t + row, low, 1);
      v128.store64_lane(t + 2 * row, high, 0);
      v128.store64_lane(t + 3 * row, high, 1);
    } else {
      v128.store(t, v128.shuffle<f64>(a, b, 0, 2));
      v128.store(t + row, v128.shuffle<f64>(a, b, 1, 3));
    }
    at += 16;
    t += <usize>lanes<T>() * row;
  }
  for (; p < k; p++) {
    store<T>(t, load<T>(s + at) * scale);
    store<T>(t + sizeof<T>(), load<T>(s1 + at) * scale);
    at += sizeof<T>();
    t += row;
  }
}
