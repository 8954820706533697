// tanh: below 0.625 a rational (f64) or polynomial (f32) function of x^2, beyond 1 - 2 / (exp(2 |x|) + 1).
// Coefficients: Moshier's Cephes library (tanh.c, tanhf.c).

import { madd } from '../simd';
import { absolute, all, choose, signBit } from './bits';
import { exp } from './exp';

/** tanh(x) */
@inline
export function tanh<T>(x: v128): v128 {
  const a = absolute<T>(x);
  const z = v128.mul<T>(x, x);
  const inner = sizeof<T>() == 4 ? innerF32(x, z) : innerF64(x, z);
  const one = all<T>(1.0);
  const e = exp<T>(v128.add<T>(a, a));
  const outer = v128.sub<T>(one, v128.div<T>(all<T>(2.0), v128.add<T>(e, one)));
  const signed = v128.or(outer, v128.and(x, signBit<T>()));
  const result = choose(v128.lt<T>(a, all<T>(0.625)), inner, signed);
  return choose(v128.ne<T>(x, x), x, result);
}

@inline
function innerF64(x: v128, z: v128): v128 {
  let p = madd<f64>(all<f64>(-9.64399179425052238628e-1), z, all<f64>(-9.92877231001918586564e1));
  p = madd<f64>(p, z, all<f64>(-1.61468768441708447952e3));
  let q = v128.add<f64>(z, all<f64>(1.12811678491632931402e2));
  q = madd<f64>(q, z, all<f64>(2.23548839060100448583e3));
  q = madd<f64>(q, z, all<f64>(4.84406305325125486048e3));
  return madd<f64>(v128.mul<f64>(x, z), v128.div<f64>(p, q), x);
}

@inline
function innerF32(x: v128, z: v128): v128 {
  let p = madd<f32>(all<f32>(-5.70498872745e-3), z, all<f32>(2.06390887954e-2));
  p = madd<f32>(p, z, all<f32>(-5.37397155531e-2));
  p = madd<f32>(p, z, all<f32>(1.33314422036e-1));
  p = madd<f32>(p, z, all<f32>(-3.33332819422e-1));
  return madd<f32>(v128.mul<f32>(x, z), p, x);
}
