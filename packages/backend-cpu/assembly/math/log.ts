// log(x) = k ln 2 + log(m) with m in [sqrt(1/2), sqrt(2)); log(1 + f) from s = f / (2 + f) by the even
// polynomial of Sun's fdlibm (e_log.c; its coefficients are minimax, error below 1 ulp). Denormals are scaled
// up first.

import { madd } from '../simd';
import { all, bits32, bits64, choose } from './bits';

/** log(x): -infinity at 0, NaN below. */
@inline
export function log<T>(x: v128): v128 {
  const finite = sizeof<T>() == 4 ? logF32(x) : logF64(x);
  let result = choose(v128.eq<T>(x, all<T>(Infinity)), x, finite);
  result = choose(v128.eq<T>(x, all<T>(0.0)), all<T>(-Infinity), result);
  // True for x < 0 only; NaN is passed on by the last step.
  result = choose(v128.lt<T>(x, all<T>(0.0)), all<T>(NaN), result);
  return choose(v128.ne<T>(x, x), x, result);
}

/** log(x) for finite x above 0. */
@inline
export function logF64(x: v128): v128 {
  const tiny = v128.lt<f64>(x, all<f64>(2.2250738585072014e-308));
  const y = choose(tiny, v128.mul<f64>(x, all<f64>(18014398509481984.0)), x);
  const k = v128.sub<f64>(exponentF64(y), v128.and(tiny, all<f64>(54.0)));
  const f = v128.sub<f64>(mantissaF64(y), all<f64>(1.0));
  const s = v128.div<f64>(f, v128.add<f64>(f, all<f64>(2.0)));
  const z = v128.mul<f64>(s, s);
  let r = madd<f64>(all<f64>(1.479819860511658591e-1), z, all<f64>(1.531383769920937332e-1));
  r = madd<f64>(r, z, all<f64>(1.818357216161805012e-1));
  r = madd<f64>(r, z, all<f64>(2.222219843214978396e-1));
  r = madd<f64>(r, z, all<f64>(2.857142874366239149e-1));
  r = madd<f64>(r, z, all<f64>(3.999999999940941908e-1));
  r = madd<f64>(r, z, all<f64>(6.666666666666735130e-1));
  r = v128.mul<f64>(r, z);
  const half = v128.mul<f64>(v128.mul<f64>(f, f), all<f64>(0.5));
  const low = madd<f64>(k, all<f64>(1.90821492927058770002e-10), v128.mul<f64>(s, v128.add<f64>(half, r)));
  const sum = v128.sub<f64>(f, v128.sub<f64>(half, low));
  return madd<f64>(k, all<f64>(6.93147180369123816490e-1), sum);
}

/** The k of x = 2^k m for positive normal x. */
@inline
export function exponentF64(x: v128): v128 {
  // Offset so that mantissas above sqrt(2) count for the next power.
  const biased = i64x2.shr_u(i64x2.add(x, bits64(0x00095f619980c433)), 52);
  // The bits of 2^52 + biased; the subtraction is exact.
  const asFloat = v128.or(biased, bits64(0x4330000000000000));
  return v128.sub<f64>(asFloat, all<f64>(4503599627371519.0));
}

/** The m of x = 2^k m. */
@inline
export function mantissaF64(x: v128): v128 {
  const offset = bits64(0x00095f619980c433);
  const low = v128.and(i64x2.add(x, offset), bits64(0x000fffffffffffff));
  return i64x2.add(low, bits64(0x3fe6a09e667f3bcd));
}

/** log(x) for finite x above 0. */
@inline
function logF32(x: v128): v128 {
  const tiny = isTinyF32(x);
  const moved = movedF32(x, tiny);
  const k = exponentF32(moved, tiny);
  const f = fractionF32(moved);
  const s = v128.div<f32>(f, v128.add<f32>(f, all<f32>(2.0)));
  const z = v128.mul<f32>(s, s);
  let r = madd<f32>(all<f32>(0.24279078841), z, all<f32>(0.28498786688));
  r = madd<f32>(r, z, all<f32>(0.40000972152));
  r = madd<f32>(r, z, all<f32>(0.66666662693));
  r = v128.mul<f32>(r, z);
  const half = v128.mul<f32>(v128.mul<f32>(f, f), all<f32>(0.5));
  const low = madd<f32>(k, all<f32>(9.0580006145e-6), v128.mul<f32>(s, v128.add<f32>(half, r)));
  const sum = v128.sub<f32>(f, v128.sub<f32>(half, low));
  return madd<f32>(k, all<f32>(6.9313812256e-1), sum);
}

/**
 * log2(x) for finite x above 0: k + s g(s²) with s = f / (2 + f), g by interpolation at Chebyshev nodes;
 * relative error of log2(m) 7e-10 before rounding.
 */
@inline
export function log2F32(x: v128): v128 {
  const tiny = isTinyF32(x);
  const moved = movedF32(x, tiny);
  const f = fractionF32(moved);
  const s = v128.div<f32>(f, v128.add<f32>(f, all<f32>(2.0)));
  const z = v128.mul<f32>(s, s);
  const g01 = madd<f32>(all<f32>(0.9617988462494563), z, all<f32>(2.8853900797912));
  const g23 = madd<f32>(all<f32>(0.4317330190996516), z, all<f32>(0.576714510191954));
  const g = madd<f32>(g23, v128.mul<f32>(z, z), g01);
  return madd<f32>(s, g, exponentF32(moved, tiny));
}

/** Where x is no normal number. */
@inline
function isTinyF32(x: v128): v128 {
  return v128.lt<f32>(x, all<f32>(1.1754943508222875e-38));
}

/** Bits of x, scaled up where it is tiny, moved so that mantissas above sqrt(2) count for the next power. */
@inline
function movedF32(x: v128, tiny: v128): v128 {
  return i32x4.add(choose(tiny, v128.mul<f32>(x, all<f32>(33554432.0)), x), bits32(0x004afb0d));
}

/** k of x = 2^k m */
@inline
function exponentF32(moved: v128, tiny: v128): v128 {
  const biased = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(moved, 23), bits32(127)));
  return v128.sub<f32>(biased, v128.and(tiny, all<f32>(25.0)));
}

/** m - 1 */
@inline
function fractionF32(moved: v128): v128 {
  const m = i32x4.add(v128.and(moved, bits32(0x007fffff)), bits32(0x3f3504f3));
  return v128.sub<f32>(m, all<f32>(1.0));
}
