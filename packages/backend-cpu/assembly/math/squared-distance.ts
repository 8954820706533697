import { nmadd } from '../simd';
import { all } from './bits';

/** d = p + q - 2u, or 0 where d is at most `threshold` times p + q: there it is rounding alone. */
@inline
export function squaredDistance<T>(u: v128, p: v128, q: v128, threshold: v128): v128 {
  const sum = v128.add<T>(p, q);
  const d = nmadd<T>(u, all<T>(2.0), sum);
  // NaN is kept: it is not below anything.
  return v128.andnot(d, v128.le<T>(d, v128.mul<T>(sum, threshold)));
}
