import { checkNumbers, checkObject } from '@agop/core/options';

/** A complex vector, real and imaginary parts apart. */
export interface ComplexVector {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Powers of exp(-2 pi i / n). */
export interface Roots {
  readonly n: number;
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

export function rootsOfUnity(n: number): Roots {
  const angle = (k: number): number => (-2 * Math.PI * k) / n;
  return {
    n,
    cos: Float64Array.from({ length: n }, (_, k) => Math.cos(angle(k))),
    sin: Float64Array.from({ length: n }, (_, k) => Math.sin(angle(k))),
  };
}

/**
 * The unitary discrete Fourier transform, out[k] = n^(-1/2) sum_j v[j] exp(-2 pi i j k / n), by its
 * definition: n^2 operations. The lengths here are primes and primes less one, of a few hundred at most.
 *
 * @param v real vector [n]
 * @param roots reuse them between vectors of one length
 * @throws {OptionError} for a vector that is no list of numbers, or of another length than the roots
 */
export function discreteFourierTransform(
  v: ArrayLike<number>,
  roots: Roots = rootsOfUnity(checkNumbers('v', v).length),
): ComplexVector {
  checkNumbers('v', v, checkObject('discreteFourierTransform()', roots).n);
  const n = v.length;
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  const scale = 1 / Math.sqrt(n);
  for (let j = 0; j < n; j++) {
    const value = (v[j] as number) * scale;
    if (value === 0) continue;
    let index = 0;
    for (let k = 0; k < n; k++) {
      re[k] = (re[k] as number) + value * (roots.cos[index] as number);
      im[k] = (im[k] as number) + value * (roots.sin[index] as number);
      index += j;
      if (index >= n) index -= n;
    }
  }
  return { re, im };
}
