/** Names of the ways in which numbers are brought to a common scale. */
export const numberScales = ['standard', 'normal ranks', 'uniform ranks', 'largest', 'none'] as const;
/** How numbers are brought to a common scale. */
export type NumberScale = (typeof numberScales)[number];

/** A monotone map through points, linear between them and constant beyond the ends. */
export interface Knots {
  /** Ascending. */
  readonly at: readonly number[];
  readonly to: readonly number[];
}

/** Most points of a map by ranks: quantiles where a column has more different values. */
const mostKnots = 256;

/**
 * The map from values to their mid-ranks as shares of all values, (rank - 1/2) / n with equal values in their
 * middle; or to the quantiles of the normal distribution for these shares.
 *
 * @param values sorted, without NaN, not all equal
 */
export function rankKnots(values: Float64Array, target: 'normal ranks' | 'uniform ranks'): Knots {
  const n = values.length;
  const at: number[] = [];
  const shares: number[] = [];
  for (let begin = 0; begin < n; ) {
    let end = begin + 1;
    while (end < n && values[end] === values[begin]) end += 1;
    at.push(values[begin] as number);
    shares.push((begin + end) / 2 / n);
    begin = end;
  }
  const kept =
    at.length <= mostKnots
      ? at.map((_, i) => i)
      : [...new Set(Array.from({ length: mostKnots }, (_, i) => nearest(shares, i / (mostKnots - 1))))];
  return {
    at: kept.map((i) => at[i] as number),
    to: kept.map((i) => {
      const share = shares[i] as number;
      return target === 'uniform ranks' ? share : normalQuantile(share);
    }),
  };
}

/** The value of a map. */
export function interpolate({ at, to }: Knots, value: number): number {
  const last = at.length - 1;
  if (value <= (at[0] as number)) return to[0] as number;
  if (value >= (at[last] as number)) return to[last] as number;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((at[middle] as number) <= value) low = middle;
    else high = middle;
  }
  const [x0, x1] = [at[low] as number, at[high] as number];
  const [y0, y1] = [to[low] as number, to[high] as number];
  return y0 + ((value - x0) / (x1 - x0)) * (y1 - y0);
}

/** Index of the entry of an ascending list that is nearest to a value. */
function nearest(ascending: readonly number[], value: number): number {
  let [low, high] = [0, ascending.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) <= value) low = middle;
    else high = middle;
  }
  return value - (ascending[low] as number) <= (ascending[high] as number) - value ? low : high;
}

/**
 * Quantile of the standard normal distribution, to 1.2e-9 relative.
 *
 * Source: P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function".
 *
 * @param share above 0 and below 1
 */
export function normalQuantile(share: number): number {
  if (share < edge) return tail(Math.sqrt(-2 * Math.log(share)));
  if (share > 1 - edge) return -tail(Math.sqrt(-2 * Math.log(1 - share)));
  const q = share - 0.5;
  return (q * polynomial(central.above, q * q)) / polynomial(central.below, q * q);
}

/** Below this share the tail has a formula of its own. */
const edge = 0.02425;

const central = {
  above: [
    -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
    2.506628277459239,
  ],
  below: [
    -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
    -1.328068155288572e1, 1,
  ],
};

const outer = {
  above: [
    -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ],
  below: [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
};

function tail(q: number): number {
  return polynomial(outer.above, q) / polynomial(outer.below, q);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
