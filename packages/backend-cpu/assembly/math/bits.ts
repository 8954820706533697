// Float bits in vectors. Rounding and scaling are done with additions and integer shifts, because V8 fuses
// those to 256 bits, and not the rounding instructions.

/**
 * v128 with every lane x. The build replaces calls with a literal by a broadcast from memory
 * (codegen/constants.ts): V8 makes a vector constant anew in every turn of a loop, from up to seven
 * instructions.
 */
@inline
export function all<T>(x: f64): v128 {
  return v128.splat<T>(<T>x);
}

/** v128 with every lane these bits; replaced like `all`. */
@inline
export function bits32(x: i32): v128 {
  return i32x4.splat(x);
}

/** v128 with every lane these bits; replaced like `all`. */
@inline
export function bits64(x: i64): v128 {
  return i64x2.splat(x);
}

/**
 * 1.5 * 2^52 or 1.5 * 2^23: added to a float it leaves the nearest integer in the low bits of the mantissa.
 */
@inline
export function shifter<T>(): v128 {
  return sizeof<T>() == 4 ? all<f32>(12582912.0) : all<f64>(6755399441055744.0);
}

/** 2^k, where `shifted` is k + shifter and 2^k is a normal number. */
@inline
export function powerOfTwo<T>(shifted: v128): v128 {
  // The bits of 1 are the bias of the exponent.
  if (sizeof<T>() == 4) return i32x4.add(i32x4.shl(shifted, 23), all<f32>(1.0));
  return i64x2.add(i64x2.shl(shifted, 52), all<f64>(1.0));
}

/** The sign bit in every lane. */
@inline
export function signBit<T>(): v128 {
  return all<T>(-0.0);
}

/** |x|. (V8 fuses `andnot`, but not every `abs`.) */
@inline
export function absolute<T>(x: v128): v128 {
  return v128.andnot(x, signBit<T>());
}

/** -x */
@inline
export function negated<T>(x: v128): v128 {
  return v128.xor(x, signBit<T>());
}

/** The lane of `yes` where the mask is set, else that of `no`. */
@inline
export function choose(mask: v128, yes: v128, no: v128): v128 {
  return v128.bitselect(yes, no, mask);
}

/** x clamped to [low, high]; NaN stays NaN. */
@inline
export function clamp<T>(x: v128, low: v128, high: v128): v128 {
  return v128.pmin<T>(v128.pmax<T>(x, low), high);
}
