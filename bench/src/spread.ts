/** Middle of some values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Distance between the quartiles, as a share of the median: what a line may be off by; undefined for fewer
 * than three values.
 */
export function spread(values: readonly number[]): number | undefined {
  if (values.length < 3) return undefined;
  return (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);
}

/** With a spread beyond this, a line says nothing. */
export const tooWide = 0.25;

/** Linear between the two nearest values. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] ?? Number.NaN, sorted[Math.ceil(place)] ?? Number.NaN];
  return below + (above - below) * (place - Math.floor(place));
}
