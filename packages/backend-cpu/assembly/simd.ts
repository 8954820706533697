// The few vector operations that every kernel is written in, generic over the element type (f32 or f64).
// A vector is 128 bits: 4 f32 or 2 f64 lanes.

/** Lanes of T in a vector. */
@inline
export function lanes<T>(): i32 {
  return 16 / <i32>sizeof<T>();
}

/** a * b + c: one rounding where relaxed SIMD is compiled in and the CPU has FMA, else two. */
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** c - a * b, rounded as `madd` is. */
@inline
export function nmadd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_nmadd<T>(a, b, c);
  return v128.sub<T>(c, v128.mul<T>(a, b));
}

/** Sum of the lanes, in the fixed order (0 + 2) + (1 + 3) or 0 + 1. */
@inline
export function horizontalSum<T>(v: v128): T {
  if (sizeof<T>() == 4) {
    const pairs = v128.add<f32>(v, v128.shuffle<f64>(v, v, 1, 0));
    return <T>(f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1));
  }
  return <T>(f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1));
}

/** Smallest multiple of `step` that is at least n. */
@inline
export function roundUp(n: i32, step: i32): i32 {
  return ((n + step - 1) / step) * step;
}
