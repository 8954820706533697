// |t|^p: the powers that have a function of their own, and any other by logarithm and exponential.

import { absolute } from './bits';
import { exp } from './exp';
import { log } from './log';

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

/** |t|^p for any p, in all lanes of `power`. Zero at 0. */
@inline
export function anyPower<T>(t: v128, power: v128): v128 {
  return exp<T>(v128.mul<T>(log<T>(absolute<T>(t)), power));
}
