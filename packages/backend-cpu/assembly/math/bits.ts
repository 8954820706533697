// Float bits in vectors. Rounding and scaling are done with additions and integer shifts, because V8 fuses
// those to 256 bits, and not the rounding instructions.

/** v128 with every lane x. */
@inline
export function all<T>(x: f64): v128 {
  return v128.splat<T>(<T>x);
}

/** 1.5 * 2^52 or 1.5 * 2^23: added to a float it leaves the nearest integer in the low bits of the mantissa. */
@inline
export function shifter<T>(): v128 {
  if (sizeof<T>() == 4) return f32x4.splat(12582912.0);
  return f64x2.splat(6755399441055744.0);
}

/** 2^k, where `shifted` is k + shifter and 2^k is a normal number. */
@inline
export function powerOfTwo<T>(shifted: v128): v128 {
  if (sizeof<T>() == 4) return i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(0x3f800000));
  return i64x2.add(i64x2.shl(shifted, 52), i64x2.splat(0x3ff0000000000000));
}

/** The sign bit in every lane. */
@inline
export function signBit<T>(): v128 {
  if (sizeof<T>() == 4) return i32x4.splat(0x80000000);
  return i64x2.splat(0x8000000000000000);
}

/** |x|. (V8 fuses `and`, but not every `abs`.) */
@inline
export function absolute<T>(x: v128): v128 {
  if (sizeof<T>() == 4) return v128.and(x, i32x4.splat(0x7fffffff));
  return v128.and(x, i64x2.splat(0x7fffffffffffffff));
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
