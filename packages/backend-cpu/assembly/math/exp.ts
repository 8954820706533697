// exp(x) = 2^k exp(r) with k = round(x / ln 2) and |r| <= ln(2) / 2; exp(r) = 1 + r + r^2 q(r), where q is a
// polynomial (interpolation at Chebyshev nodes, computed to 50 digits; relative error 2e-17 for f64, 8e-10
// for f32). Error below 1 ulp; 1 at 0; overflow to infinity, gradual underflow to 0, NaN kept.

import { madd, nmadd } from '../simd';
import { all, clamp, powerOfTwo, shifter } from './bits';

/** exp(x) */
@inline
export function exp<T>(x: v128): v128 {
  if (sizeof<T>() == 4) {
    const bounded = clamp<f32>(x, all<f32>(-105.0), all<f32>(90.0));
    const shifted = shiftedExponent<f32>(bounded);
    return scaled<f32>(mantissaF32(bounded, shifted), v128.sub<f32>(shifted, shifter<f32>()));
  }
  return expSum(clamp<f64>(x, all<f64>(-750.0), all<f64>(710.0)), all<f64>(0.0));
}

/** exp(x) for x that is at most 0, or NaN: the same, to the bit, by fewer operations. */
@inline
export function expOfNegative<T>(x: v128): v128 {
  if (sizeof<T>() == 4) {
    const bounded = v128.pmax<f32>(x, all<f32>(-105.0));
    const shifted = shiftedExponent<f32>(bounded);
    // 2^(k + 64) is a normal number.
    const power = i32x4.add(i32x4.shl(shifted, 23), all<f32>(18446744073709551616.0));
    return v128.mul<f32>(v128.mul<f32>(mantissaF32(bounded, shifted), power), all<f32>(5.421010862427522e-20));
  }
  const bounded = v128.pmax<f64>(x, all<f64>(-750.0));
  const shifted = shiftedExponent<f64>(bounded);
  const p = mantissaF64(reducedF64(bounded, v128.sub<f64>(shifted, shifter<f64>())));
  // 2^(k + 512)
  const power = i64x2.add(i64x2.shl(shifted, 52), all<f64>(1.3407807929942597e154));
  return v128.mul<f64>(v128.mul<f64>(p, power), all<f64>(7.458340731200207e-155));
}

/** round(x / ln 2), with the shifter added. */
@inline
function shiftedExponent<T>(x: v128): v128 {
  return madd<T>(x, all<T>(1.4426950408889634), shifter<T>());
}

/** exp(r) */
@inline
function mantissaF32(x: v128, shifted: v128): v128 {
  const k = v128.sub<f32>(shifted, shifter<f32>());
  // ln 2 in two parts; k times the first is exact.
  let r = nmadd<f32>(k, all<f32>(0.693145751953125), x);
  r = nmadd<f32>(k, all<f32>(1.428606765330187e-6), r);
  let q = all<f32>(1.9891031e-4);
  q = madd<f32>(q, r, all<f32>(1.3933686e-3));
  q = madd<f32>(q, r, all<f32>(8.33331048e-3));
  q = madd<f32>(q, r, all<f32>(4.16664630e-2));
  q = madd<f32>(q, r, all<f32>(1.66666672e-1));
  q = madd<f32>(q, r, all<f32>(0.5));
  const r2 = v128.mul<f32>(r, r);
  return v128.add<f32>(madd<f32>(q, r2, r), all<f32>(1.0));
}

/** exp(high + low) for |low| far below 1 and `high` in [-750, 710]. */
@inline
export function expSum(high: v128, low: v128): v128 {
  const k = v128.sub<f64>(shiftedExponent<f64>(high), shifter<f64>());
  return scaled<f64>(mantissaF64(v128.add<f64>(reducedF64(high, k), low)), k);
}

/** r = x - k ln 2, with ln 2 in two parts; k times the first is exact. */
@inline
function reducedF64(x: v128, k: v128): v128 {
  const r = nmadd<f64>(k, all<f64>(6.93147180369123816490e-1), x);
  return nmadd<f64>(k, all<f64>(1.9082149292723212e-10), r);
}

/** exp(r) */
@inline
function mantissaF64(r: v128): v128 {
  // Pairs of coefficients first: the chain of dependent operations is half as long as in Horner's form.
  const r2 = v128.mul<f64>(r, r);
  const r4 = v128.mul<f64>(r2, r2);
  const q01 = madd<f64>(all<f64>(0.16666666666666669), r, all<f64>(0.5));
  const q23 = madd<f64>(all<f64>(0.008333333333330051), r, all<f64>(0.04166666666662399));
  const q45 = madd<f64>(all<f64>(0.00019841269863105968), r, all<f64>(0.0013888888917281794));
  const q67 = madd<f64>(all<f64>(2.7557268378684192e-6), r, all<f64>(2.480152119021773e-5));
  const q89 = madd<f64>(all<f64>(2.5100424157005067e-8), r, all<f64>(2.7620138719733994e-7));
  const low4 = madd<f64>(q23, r2, q01);
  const high4 = madd<f64>(q89, r4, madd<f64>(q67, r2, q45));
  const q = madd<f64>(high4, r4, low4);
  return v128.add<f64>(madd<f64>(q, r2, r), all<f64>(1.0));
}

/**
 * p * 2^k in two steps, so that results near the ends of the range are rounded once and overflow to infinity.
 */
@inline
function scaled<T>(p: v128, k: v128): v128 {
  const half = madd<T>(k, all<T>(0.5), shifter<T>());
  const rest = v128.add<T>(v128.sub<T>(k, v128.sub<T>(half, shifter<T>())), shifter<T>());
  return v128.mul<T>(v128.mul<T>(p, powerOfTwo<T>(half)), powerOfTwo<T>(rest));
}
