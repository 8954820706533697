import { randomArray } from '@agop/core';

/** exp(-|x - z|) of n random points in 20 dimensions, row-major [n, n]. */
export function laplaceMatrix(n: number, seed: number): Float32Array<ArrayBuffer> {
  const d = 20;
  const points = randomArray(n * d, 'uniform', { seed }, 'float64');
  const k = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += ((points[i * d + c] as number) - (points[j * d + c] as number)) ** 2;
      k[i * n + j] = Math.exp(-Math.sqrt(sum));
      k[j * n + i] = k[i * n + j] as number;
    }
  }
  return k;
}

/** Largest |(L Lᵀ - A - ridge I)_ij|; Infinity where L has anything above its diagonal. */
export function factorError(l: ArrayLike<number>, a: ArrayLike<number>, n: number, ridge: number): number {
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) if (l[i * n + j] !== 0) return Number.POSITIVE_INFINITY;
    for (let j = 0; j <= i; j++) {
      let sum = -(a[i * n + j] as number) - (i === j ? ridge : 0);
      for (let k = 0; k <= j; k++) sum += (l[i * n + k] as number) * (l[j * n + k] as number);
      worst = Math.max(worst, Math.abs(sum));
    }
  }
  return worst;
}

/** Largest |(L X - B)_ic| relative to Σ_j |l_ij| |x_jc|, or the same of Lᵀ. */
export function residual(
  l: ArrayLike<number>,
  x: ArrayLike<number>,
  b: ArrayLike<number>,
  { n, sides, transpose }: { readonly n: number; readonly sides: number; readonly transpose: boolean },
): number {
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < sides; c++) {
      let [sum, size] = [-(b[i * sides + c] as number), 0];
      for (let j = transpose ? i : 0; j < (transpose ? n : i + 1); j++) {
        const term = (l[transpose ? j * n + i : i * n + j] as number) * (x[j * sides + c] as number);
        sum += term;
        size += Math.abs(term);
      }
      worst = Math.max(worst, Math.abs(sum) / size);
    }
  }
  return worst;
}
