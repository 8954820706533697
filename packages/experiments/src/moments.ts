/** Mean and standard deviation (n - 1) of some values. */
export function moments(values: readonly number[]): [mean: number, deviation: number] {
  const [first = Number.NaN] = values;
  // No rounding where all are the same.
  if (values.every((value) => value === first)) return [first, 0];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / Math.max(1, values.length - 1))];
}
