import { madd } from './simd';

/**
 * 1 if multiply-add rounds once on this CPU. A relaxed one may round twice; then the baseline module is as
 * good, and safer.
 */
export function isFused(): i32 {
  const a = f64x2.splat(load<f64>(OPERANDS));
  const rounded = f64x2.splat(load<f64>(OPERANDS + 8));
  return f64x2.extract_lane(madd<f64>(a, a, rounded), 0) != 0 ? 1 : 0;
}

/**
 * 1 + 2^-30, and minus its rounded square: the exact square has 2^-60 more. In memory, so that the compiler
 * does not fold the test.
 */
const OPERANDS = memory.data<f64>([1.000000000931322574615478515625, -1.00000000186264514923095703125], 8);
