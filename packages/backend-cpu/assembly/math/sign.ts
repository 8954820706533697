import { all, choose, signBit } from './bits';

/** -1, 0 or 1; NaN and zeros (with their sign) are kept. */
@inline
export function signOf<T>(x: v128): v128 {
  const unit = v128.or(v128.and(x, signBit<T>()), all<T>(1.0));
  const ordered = v128.or(v128.lt<T>(x, all<T>(0.0)), v128.lt<T>(all<T>(0.0), x));
  return choose(ordered, unit, x);
}
