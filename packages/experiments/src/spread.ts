import { moments } from './moments.ts';

/** Over runs with several seeds. */
export interface MeanAndSpread {
  /** NaN where there are none. */
  readonly mean: number;
  /** Standard deviation, divided by n − 1; 0 for a single one. */
  readonly deviation: number;
}

/** Mean and standard deviation. */
export function meanAndSpread(values: readonly number[]): MeanAndSpread {
  const [mean, deviation] = moments(values);
  return { mean, deviation };
}

/** `0.847 ± 0.003`; the mean alone for a single run, a dash for none. */
export function spreadText({ mean, deviation }: MeanAndSpread, digits = 3): string {
  if (Number.isNaN(mean)) return '–';
  return deviation === 0 ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}
