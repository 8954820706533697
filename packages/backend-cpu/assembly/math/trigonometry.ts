// sin and cos: the argument minus the nearest multiple of pi/2, then the polynomials of Sun's fdlibm
// (k_sin.c, k_cos.c) on [-pi/4, pi/4]. pi/2 is subtracted in parts whose products with the multiple are exact
// (Cody and Waite), which holds up to LIMIT; strips with larger arguments take the scalar library function
// (reduction to any size).

import { madd, nmadd } from '../simd';
import { absolute, all, bits32, bits64, choose, negated, shifter } from './bits';

/** Largest |x| of the vector path. */
@inline
export function trigonometricLimit<T>(): f64 {
  return sizeof<T>() == 4 ? 8000.0 : 1.0e6;
}

/** sin(x) (quarter = 0) or cos(x) = sin(x + pi/2) (quarter = 1), for |x| below the limit. */
@inline
export function sine<T>(x: v128, quarter: i32): v128 {
  const shifted = madd<T>(x, all<T>(0.63661977236758134308), shifter<T>());
  const k = v128.sub<T>(shifted, shifter<T>());
  const r = sizeof<T>() == 4 ? reduceF32(x, k) : reduceF64(x, k);
  const z = v128.mul<T>(r, r);
  const s = sizeof<T>() == 4 ? sineF32(r, z) : sineF64(r, z);
  const c = sizeof<T>() == 4 ? cosineF32(z) : cosineF64(z);
  // The quadrant is in the low bits: odd ones exchange sine and cosine, the upper two change the sign.
  if (sizeof<T>() == 4) {
    const quadrant = i32x4.add(shifted, (quarter == 0 ? bits32(0) : bits32(1)));
    const odd = i32x4.eq(v128.and(quadrant, bits32(1)), bits32(1));
    return v128.xor(choose(odd, c, s), i32x4.shl(v128.and(quadrant, bits32(2)), 30));
  }
  const quadrant = i64x2.add(shifted, (quarter == 0 ? bits64(0) : bits64(1)));
  const odd = i64x2.eq(v128.and(quadrant, bits64(1)), bits64(1));
  return v128.xor(choose(odd, c, s), i64x2.shl(v128.and(quadrant, bits64(2)), 62));
}

@inline
function reduceF64(x: v128, k: v128): v128 {
  const first = nmadd<f64>(k, all<f64>(1.57079632673412561417), x);
  const second = v128.mul<f64>(k, all<f64>(6.07710050630396597660e-11));
  const r = v128.sub<f64>(first, second);
  const lost = v128.sub<f64>(v128.sub<f64>(first, r), second);
  return v128.add<f64>(r, nmadd<f64>(k, all<f64>(2.02226624879595063154e-21), lost));
}

@inline
function reduceF32(x: v128, k: v128): v128 {
  let r = nmadd<f32>(k, all<f32>(1.5703125), x);
  r = nmadd<f32>(k, all<f32>(4.837512969970703e-4), r);
  const second = v128.mul<f32>(k, all<f32>(7.549790126404332e-08));
  const reduced = v128.sub<f32>(r, second);
  const lost = v128.sub<f32>(v128.sub<f32>(r, reduced), second);
  return v128.add<f32>(reduced, nmadd<f32>(k, all<f32>(-1.7151244994428829e-15), lost));
}

@inline
function sineF64(r: v128, z: v128): v128 {
  let p = madd<f64>(all<f64>(1.58969099521155010221e-10), z, all<f64>(-2.50507602534068634195e-8));
  p = madd<f64>(p, z, all<f64>(2.75573137070700676789e-6));
  p = madd<f64>(p, z, all<f64>(-1.98412698298579493134e-4));
  p = madd<f64>(p, z, all<f64>(8.33333333332248946124e-3));
  p = madd<f64>(p, z, all<f64>(-1.66666666666666324348e-1));
  return madd<f64>(v128.mul<f64>(r, z), p, r);
}

@inline
function cosineF64(z: v128): v128 {
  let p = madd<f64>(all<f64>(-1.13596475577881948265e-11), z, all<f64>(2.08757232129817482790e-9));
  p = madd<f64>(p, z, all<f64>(-2.75573143513906633035e-7));
  p = madd<f64>(p, z, all<f64>(2.48015872894767294178e-5));
  p = madd<f64>(p, z, all<f64>(-1.38888888888741095749e-3));
  p = madd<f64>(p, z, all<f64>(4.16666666666666019037e-2));
  const half = v128.mul<f64>(z, all<f64>(0.5));
  const w = v128.sub<f64>(all<f64>(1.0), half);
  // What 1 - z/2 lost in rounding is added back with the rest.
  const lost = v128.sub<f64>(v128.sub<f64>(all<f64>(1.0), w), half);
  return v128.add<f64>(w, madd<f64>(v128.mul<f64>(z, z), p, lost));
}

@inline
function sineF32(r: v128, z: v128): v128 {
  let p = madd<f32>(all<f32>(2.718311493989822e-6), z, all<f32>(-1.9839334836096632e-4));
  p = madd<f32>(p, z, all<f32>(8.333329385889463e-3));
  p = madd<f32>(p, z, all<f32>(-0.16666666641626524));
  return madd<f32>(v128.mul<f32>(r, z), p, r);
}

@inline
function cosineF32(z: v128): v128 {
  let p = madd<f32>(all<f32>(2.4390448796277409e-5), z, all<f32>(-1.388676377460993e-3));
  p = madd<f32>(p, z, all<f32>(4.1666623323739063e-2));
  p = madd<f32>(p, z, all<f32>(-0.49999999725103100));
  return madd<f32>(z, p, all<f32>(1.0));
}

/**
 * acos(x) for x clamped to [-1, 1]. With asin(s) = s + s^3 R(s^2) (R a polynomial, fdlibm e_asin.c): near 0,
 * pi/2 - asin(x); beyond |x| = 1/2 from 2 asin(sqrt((1 - |x|) / 2)), which keeps the relative accuracy next
 * to 1.
 */
@inline
export function arcCosine<T>(unbounded: v128): v128 {
  const x = v128.pmin<T>(v128.pmax<T>(unbounded, all<T>(-1.0)), all<T>(1.0));
  const sign = v128.and(x, all<T>(-0.0));
  const a = v128.xor(x, sign);
  const outer = v128.lt<T>(all<T>(0.5), a);
  const halfGap = v128.mul<T>(v128.sub<T>(all<T>(1.0), a), all<T>(0.5));
  const z = choose(outer, halfGap, v128.mul<T>(a, a));
  const s = choose(outer, v128.sqrt<T>(halfGap), a);
  const r = v128.mul<T>(s, sizeof<T>() == 4 ? arcSineF32(z) : arcSineF64(z));
  // Outer: t = 2 asin(s), the result is t or pi - t. Inner: pi/2 -+ asin(a).
  const t = v128.add<T>(s, r);
  const twice = v128.add<T>(t, t);
  const piHigh = all<T>(3.141592653589793116);
  const piLow = sizeof<T>() == 4 ? all<f32>(-8.742277657347586e-8) : all<f64>(1.2246467991473532e-16);
  const negative = v128.lt<T>(x, all<T>(0.0));
  const outerResult = choose(negative, v128.sub<T>(piHigh, v128.sub<T>(twice, piLow)), twice);
  const half = all<T>(0.5);
  const inner = v128.sub<T>(
    v128.mul<T>(piHigh, half),
    v128.sub<T>(v128.xor(s, sign), v128.sub<T>(v128.mul<T>(piLow, half), v128.xor(r, sign))),
  );
  return choose(outer, outerResult, inner);
}

/** (asin(s) - s) / s as a function of z = s^2 <= 1/4. */
@inline
function arcSineF64(z: v128): v128 {
  let p = madd<f64>(all<f64>(3.47933107596021167570e-5), z, all<f64>(7.91534994289814532176e-4));
  p = madd<f64>(p, z, all<f64>(-4.00555345006794114027e-2));
  p = madd<f64>(p, z, all<f64>(2.01212532134862925881e-1));
  p = madd<f64>(p, z, all<f64>(-3.25565818622400915405e-1));
  p = madd<f64>(p, z, all<f64>(1.66666666666666657415e-1));
  let q = madd<f64>(all<f64>(7.70381505559019352791e-2), z, all<f64>(-6.88283971605453293030e-1));
  q = madd<f64>(q, z, all<f64>(2.02094576023350569471));
  q = madd<f64>(q, z, all<f64>(-2.40339491173441421878));
  q = madd<f64>(q, z, all<f64>(1.0));
  return v128.div<f64>(v128.mul<f64>(p, z), q);
}

@inline
function arcSineF32(z: v128): v128 {
  let p = madd<f32>(all<f32>(4.2163199048e-2), z, all<f32>(2.4181311049e-2));
  p = madd<f32>(p, z, all<f32>(4.5470025998e-2));
  p = madd<f32>(p, z, all<f32>(7.4953002686e-2));
  p = madd<f32>(p, z, all<f32>(1.6666752422e-1));
  return v128.mul<f32>(p, z);
}

/** Arc-cosine kernel of order 0: 1 - acos(c) / pi, computed as acos(-c) / pi, without cancellation. */
@inline
export function arcCosineKernel0<T>(c: v128): v128 {
  return v128.mul<T>(arcCosine<T>(negated<T>(c)), all<T>(0.31830988618379067154));
}

/** Arc-cosine kernel of order 1: (sqrt(1 - c^2) + c acos(-c)) / pi. */
@inline
export function arcCosineKernel1<T>(unbounded: v128): v128 {
  const one = all<T>(1.0);
  const c = v128.pmin<T>(v128.pmax<T>(unbounded, all<T>(-1.0)), one);
  const sine = v128.sqrt<T>(v128.mul<T>(v128.sub<T>(one, c), v128.add<T>(one, c)));
  return v128.mul<T>(madd<T>(c, arcCosine<T>(negated<T>(c)), sine), all<T>(0.31830988618379067154));
}

/** True if some of the n * 32 bytes of numbers at `a` is beyond the vector path (or infinite, or NaN). */
export function beyond<T>(a: usize, n: i32): bool {
  const limit = all<T>(trigonometricLimit<T>());
  let inside = v128.eq<T>(limit, limit);
  do {
    inside = v128.and(inside, v128.lt<T>(absolute<T>(v128.load(a)), limit));
    inside = v128.and(inside, v128.lt<T>(absolute<T>(v128.load(a, 16)), limit));
    a += 32;
  } while (--n);
  return !i32x4.all_true(inside);
}
