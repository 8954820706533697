import { nmadd } from '../simd';
import { all } from './bits';

/** d = p + q - 2u, or 0 where d is at most `rounding`. */
@inline
export function squaredDistance<T>(u: v128, p: v128, q: v128, rounding: v128): v128 {
  const d = nmadd<T>(u, all<T>(2.0), v128.add<T>(p, q));
  // NaN is kept: it is not below anything.
  return v128.andnot(d, v128.le<T>(d, rounding));
}
