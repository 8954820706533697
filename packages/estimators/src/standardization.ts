import type { Rows } from './rows.ts';

/** Mean and standard deviation of each column. */
export interface Standardization {
  /** [columns] */
  readonly mean: Float64Array;
  /** [columns] */
  readonly deviation: Float64Array;
}

/**
 * A column varies if its standard deviation is above this part of its largest absolute value; less is
 * rounding.
 */
const negligible = 1e-12;

/**
 * Means and standard deviations (divided by n) of the columns; the deviation is 0 for columns that do not
 * vary.
 *
 * @param divide whether sums are divided by n term by term or at the end. It decides nothing but the last
 *   bit, which a family of models is to keep.
 */
export function measureColumns(
  { data, rows, columns }: Rows,
  divide: 'first' | 'last' = 'last',
): Standardization {
  const [before, after] = divide === 'first' ? [rows, 1] : [1, rows];
  const largest = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) {
    const j = at % columns;
    largest[j] = Math.max(largest[j] as number, Math.abs(data[at] as number));
  }
  const unit = largest.map(unitOf);
  const mean = new Float64Array(columns);
  const deviation = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) {
    const j = at % columns;
    mean[j] = (mean[j] as number) + (data[at] as number) / (unit[j] as number) / before;
  }
  for (let j = 0; j < columns; j++) mean[j] = (mean[j] as number) / after;
  for (let at = 0; at < data.length; at++) {
    const j = at % columns;
    const scaled = (data[at] as number) / (unit[j] as number);
    deviation[j] = (deviation[j] as number) + (scaled - (mean[j] as number)) ** 2 / before;
  }
  for (let j = 0; j < columns; j++) {
    const own = unit[j] as number;
    const measured = Math.sqrt((deviation[j] as number) / after) * own;
    deviation[j] = measured > negligible * (largest[j] as number) ? measured : 0;
    mean[j] = (mean[j] as number) * own;
  }
  return { mean, deviation };
}

/**
 * {@link measureColumns} of weighted rows: that of a table where each row stands as often as its weight says.
 *
 * @param weights how much each row counts, from 0, with mean 1: [rows]
 */
export function measureWeighted({ data, rows, columns }: Rows, weights: ArrayLike<number>): Standardization {
  const mean = new Float64Array(columns);
  const deviation = new Float64Array(columns);
  const largest = new Float64Array(columns);
  const eachEntry = (take: (value: number, share: number, j: number) => void): void => {
    for (let at = 0; at < rows * columns; at++) {
      const share = (weights[Math.floor(at / columns)] as number) / rows;
      take(data[at] as number, share, at % columns);
    }
  };
  eachEntry((value, share, j) => {
    mean[j] = (mean[j] as number) + value * share;
    if (share > 0) largest[j] = Math.max(largest[j] as number, Math.abs(value));
  });
  eachEntry((value, share, j) => {
    deviation[j] = (deviation[j] as number) + (value - (mean[j] as number)) ** 2 * share;
  });
  for (let j = 0; j < columns; j++) {
    const measured = Math.sqrt(deviation[j] as number);
    deviation[j] = measured > negligible * (largest[j] as number) ? measured : 0;
  }
  return { mean, deviation };
}

/** In units of this a column can be squared and summed up in float64: 1 unless its numbers are extreme. */
export function unitOf(largest: number): number {
  return largest > 1e140 || (largest > 0 && largest < 1e-140) ? largest : 1;
}

/** The standardization that changes nothing. */
export function unitStandardization(columns: number): Standardization {
  return { mean: new Float64Array(columns), deviation: new Float64Array(columns).fill(1) };
}

/** (x - mean) / deviation for each column, 0 where the deviation is 0: a new array, row-major. */
export function standardize(
  data: ArrayLike<number>,
  { mean, deviation }: Standardization,
): Float64Array<ArrayBuffer> {
  const columns = mean.length;
  return Float64Array.from({ length: data.length }, (_, at) => {
    const j = at % columns;
    const scale = deviation[j] as number;
    if (!(scale > 0)) return 0;
    const [value, middle] = [data[at] as number, mean[j] as number];
    const difference = value - middle;
    // Of two numbers of opposite signs near the end of float64, the difference is beyond it.
    return Number.isFinite(difference) ? difference / scale : (value / 2 - middle / 2) / (scale / 2);
  });
}

/** x · deviation + mean for each column: a new array, row-major. */
export function restore(
  data: ArrayLike<number>,
  { mean, deviation }: Standardization,
): Float64Array<ArrayBuffer> {
  const columns = mean.length;
  return Float64Array.from({ length: data.length }, (_, at) => {
    const j = at % columns;
    return (data[at] as number) * (deviation[j] as number) + (mean[j] as number);
  });
}
