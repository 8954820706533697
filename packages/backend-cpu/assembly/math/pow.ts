// x^y = exp(y log x). An error of log x is multiplied by |y log x|, up to 745, so in f64 the logarithm is
// computed to about 65 bits as an unevaluated sum of two numbers; in f32 the whole computation runs in f64.

import { madd } from '../simd';
import { all, choose, clamp, negated } from './bits';
import { exp, expSum } from './exp';
import { exponentF64, log, mantissaF64 } from './log';

/** x^y; NaN for x < 0, 1 for y = 0. */
@inline
export function pow<T>(x: v128, y: v128): v128 {
  let result: v128;
  if (sizeof<T>() == 4) {
    const high = powFromF32(v128.shuffle<f64>(x, x, 1, 0), v128.shuffle<f64>(y, y, 1, 0));
    result = v128.shuffle<f64>(powFromF32(x, y), high, 0, 2);
  } else {
    result = powF64(x, y);
  }
  result = choose(v128.lt<T>(x, all<T>(0.0)), all<T>(NaN), result);
  return choose(v128.eq<T>(y, all<T>(0.0)), all<T>(1.0), result);
}

/** The two low lanes of f32, through f64. */
@inline
function powFromF32(x: v128, y: v128): v128 {
  const product = v128.mul<f64>(log<f64>(f64x2.promote_low_f32x4(x)), f64x2.promote_low_f32x4(y));
  return f32x4.demote_f64x2_zero(exp<f64>(product));
}

@inline
function powF64(x: v128, y: v128): v128 {
  const tiny = v128.lt<f64>(x, all<f64>(2.2250738585072014e-308));
  const normal = choose(tiny, v128.mul<f64>(x, all<f64>(18014398509481984.0)), x);
  const k = v128.sub<f64>(exponentF64(normal), v128.and(tiny, all<f64>(54.0)));
  const f = v128.sub<f64>(mantissaF64(normal), all<f64>(1.0));

  // s = f / (2 + f) to twice the precision: quotient, then the remainder's quotient.
  const denominator = v128.add<f64>(f, all<f64>(2.0));
  // 2 + f is rounded; what was lost belongs to the remainder.
  const lost = v128.sub<f64>(f, v128.sub<f64>(denominator, all<f64>(2.0)));
  const s = v128.div<f64>(f, denominator);
  const back = v128.mul<f64>(s, denominator);
  const remainder = v128.sub<f64>(
    v128.sub<f64>(v128.sub<f64>(f, back), productError(s, denominator, back)),
    v128.mul<f64>(s, lost),
  );
  const sLow = v128.div<f64>(remainder, denominator);

  // log(1 + f) = 2 s + 2/3 s^3 + 2/5 s^5 + ...; the first two terms as sums of two.
  const z = v128.mul<f64>(s, s);
  const zLow = madd<f64>(v128.add<f64>(s, s), sLow, productError(s, s, z));
  let tail = madd<f64>(all<f64>(0.09523809523809523), z, all<f64>(0.10526315789473684));
  tail = madd<f64>(tail, z, all<f64>(0.11764705882352941));
  tail = madd<f64>(tail, z, all<f64>(0.13333333333333333));
  tail = madd<f64>(tail, z, all<f64>(0.15384615384615385));
  tail = madd<f64>(tail, z, all<f64>(0.18181818181818182));
  tail = madd<f64>(tail, z, all<f64>(0.2222222222222222));
  tail = madd<f64>(tail, z, all<f64>(0.2857142857142857));
  tail = madd<f64>(tail, z, all<f64>(0.4));
  // c = 2/3 + z tail, in two parts, times z, times s.
  const zTail = v128.mul<f64>(z, tail);
  const c = v128.add<f64>(all<f64>(6.66666666666666629659e-1), zTail);
  const cLow = v128.add<f64>(
    v128.sub<f64>(zTail, v128.sub<f64>(c, all<f64>(6.66666666666666629659e-1))),
    all<f64>(3.70074341541718826e-17),
  );
  const cz = v128.mul<f64>(c, z);
  const czLow = v128.add<f64>(productError(c, z, cz), madd<f64>(c, zLow, v128.mul<f64>(cLow, z)));
  const cubic = v128.mul<f64>(cz, s);
  const cubicLow = v128.add<f64>(productError(cz, s, cubic), madd<f64>(cz, sLow, v128.mul<f64>(czLow, s)));

  // k ln 2 (its first part exact) + 2 s + cubic, largest first.
  const kLn2 = v128.mul<f64>(k, all<f64>(6.93147180369123816490e-1));
  const twoS = v128.add<f64>(s, s);
  const sum1 = v128.add<f64>(kLn2, twoS);
  const error1 = sumError(kLn2, twoS, sum1);
  const sum2 = v128.add<f64>(sum1, cubic);
  const error2 = sumError(sum1, cubic, sum2);
  let low = madd<f64>(k, all<f64>(1.9082149292705877e-10), v128.add<f64>(error1, error2));
  low = v128.add<f64>(low, v128.add<f64>(v128.add<f64>(sLow, sLow), cubicLow));
  const high = v128.add<f64>(sum2, low);
  low = v128.sub<f64>(low, v128.sub<f64>(high, sum2));

  // y (high + low)
  const product = v128.mul<f64>(y, high);
  const bounded = clamp<f64>(product, all<f64>(-750.0), all<f64>(710.0));
  const productLow = madd<f64>(y, low, productError(y, high, product));
  // Out of range there is nothing to add, and the error terms may have overflowed.
  const regular = expSum(bounded, v128.and(v128.eq<f64>(product, bounded), productLow));
  // 0 and infinity go to infinity or 0, by the sign of y.
  const zero = v128.eq<f64>(x, all<f64>(0.0));
  const infinite = v128.eq<f64>(x, all<f64>(Infinity));
  const rising = v128.lt<f64>(all<f64>(0.0), y);
  const falling = v128.lt<f64>(y, all<f64>(0.0));
  const toInfinity = v128.or(v128.and(infinite, rising), v128.and(zero, falling));
  const toZero = v128.or(v128.and(infinite, falling), v128.and(zero, rising));
  let result = v128.andnot(regular, toZero);
  result = choose(toInfinity, all<f64>(Infinity), result);
  return choose(v128.ne<f64>(x, x), x, result);
}

/**
 * a * b - rounded(a * b), exactly; `product` is rounded(a * b). Without fused multiply-add by Dekker's
 * splitting.
 */
@inline
function productError(a: v128, b: v128, product: v128): v128 {
  // The relaxed module is only used where its multiply-add rounds once (see isFused).
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<f64>(a, b, negated<f64>(product));
  const splitter = all<f64>(134217729.0);
  const aBig = v128.mul<f64>(a, splitter);
  const aHigh = v128.sub<f64>(aBig, v128.sub<f64>(aBig, a));
  const aLow = v128.sub<f64>(a, aHigh);
  const bBig = v128.mul<f64>(b, splitter);
  const bHigh = v128.sub<f64>(bBig, v128.sub<f64>(bBig, b));
  const bLow = v128.sub<f64>(b, bHigh);
  const first = v128.sub<f64>(v128.mul<f64>(aHigh, bHigh), product);
  const cross = v128.add<f64>(v128.add<f64>(first, v128.mul<f64>(aHigh, bLow)), v128.mul<f64>(aLow, bHigh));
  return v128.add<f64>(cross, v128.mul<f64>(aLow, bLow));
}

/** a + b - rounded(a + b), exactly (Knuth). */
@inline
function sumError(a: v128, b: v128, sum: v128): v128 {
  const bPart = v128.sub<f64>(sum, a);
  const aPart = v128.sub<f64>(sum, bPart);
  return v128.add<f64>(v128.sub<f64>(a, aPart), v128.sub<f64>(b, bPart));
}
