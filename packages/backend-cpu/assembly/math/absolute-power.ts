// |t|^p: the powers that have a function of their own, and any other by logarithm and exponential.

import { madd } from '../simd';
import { absolute, all, choose, clamp, powerOfTwo, shifter } from './bits';
import { exp } from './exp';
import { log2F32, logF64 } from './log';

/** Whether a power has a function of its own. */
@inline
export function isPlain(p: f64): bool {
  return p == 0.5 || p == 1 || p == 1.5 || p == 2;
}

/** |t|^p for one of the powers with a function of their own. */
@inline
export function plainPower<T>(t: v128, p: f64): v128 {
  const a = absolute<T>(t);
  if (p == 1) return a;
  if (p == 2) return v128.mul<T>(a, a);
  if (p == 0.5) return v128.sqrt<T>(a);
  return v128.mul<T>(a, v128.sqrt<T>(a));
}

/**
 * |t|^p for any p other than 0, in all lanes of `power`; 0 at 0. The error of the logarithm is multiplied by
 * |p log t|, as in any power of one precision.
 */
@inline
export function anyPower<T>(t: v128, power: v128): v128 {
  const a = absolute<T>(t);
  const finite = sizeof<T>() == 4 ? powerF32(a, power) : exp<f64>(v128.mul<f64>(logF64(a), power));
  // Of infinity: infinity or, for p below 0, nothing. NaN stays.
  const beyond = v128.pmax<T>(v128.mul<T>(a, power), all<T>(0.0));
  const result = choose(v128.lt<T>(a, all<T>(Infinity)), finite, beyond);
  return v128.andnot(result, v128.eq<T>(a, all<T>(0.0)));
}

/**
 * a^p for finite a above 0, as the square of 2^(p log2(a) / 2), whose powers of two are normal numbers.
 * 2^r = 1 + r q(r) by interpolation at Chebyshev nodes; relative error 5e-9.
 */
@inline
function powerF32(a: v128, power: v128): v128 {
  const exponent = v128.mul<f32>(log2F32(a), v128.mul<f32>(power, all<f32>(0.5)));
  const bounded = clamp<f32>(exponent, all<f32>(-76.0), all<f32>(65.0));
  const shifted = v128.add<f32>(bounded, shifter<f32>());
  const r = v128.sub<f32>(bounded, v128.sub<f32>(shifted, shifter<f32>()));
  const r2 = v128.mul<f32>(r, r);
  const q01 = madd<f32>(all<f32>(0.2402265092234275), r, all<f32>(0.6931471880293425));
  const q23 = madd<f32>(all<f32>(0.009618056669885529), r, all<f32>(0.05550357104253126));
  const q45 = madd<f32>(all<f32>(0.00015461447463365068), r, all<f32>(0.001339086735133181));
  const q = madd<f32>(madd<f32>(q45, r2, q23), r2, q01);
  const root = v128.mul<f32>(madd<f32>(q, r, all<f32>(1.0)), powerOfTwo<f32>(shifted));
  return v128.mul<f32>(root, root);
}
