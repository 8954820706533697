import type { Rows } from '@agop/estimators';

/** Mean and standard deviation of each column. */
export interface Standardizer {
  /** [d] */
  readonly mean: Float64Array;
  /** [d]; 0 for a column that does not vary. */
  readonly scale: Float64Array;
}

/** A deviation below this part of a column's size is rounding. */
const negligible = 1e-12;

/** Means and standard deviations (divided by n) of the columns. */
export function fitStandardizer({ data, rows, columns: d }: Rows): Standardizer {
  const mean = new Float64Array(d);
  const scale = new Float64Array(d);
  const largest = new Float64Array(d);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < d; j++) {
      const value = data[i * d + j] as number;
      mean[j] = (mean[j] as number) + value / rows;
      largest[j] = Math.max(largest[j] as number, Math.abs(value));
    }
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < d; j++) {
      scale[j] = (scale[j] as number) + ((data[i * d + j] as number) - (mean[j] as number)) ** 2 / rows;
    }
  }
  for (let j = 0; j < d; j++) {
    const deviation = Math.sqrt(scale[j] as number);
    scale[j] = deviation > negligible * (largest[j] as number) ? deviation : 0;
  }
  return { mean, scale };
}

/** Rows with each column centered and scaled: [n, d], float64. */
export function standardize({ mean, scale }: Standardizer, { data, rows, columns: d }: Rows): Rows {
  const out = new Float64Array(rows * d);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < d; j++) {
      const deviation = scale[j] as number;
      const centered = (data[i * d + j] as number) - (mean[j] as number);
      out[i * d + j] = deviation > 0 ? centered / deviation : 0;
    }
  }
  return { data: out, rows, columns: d };
}
