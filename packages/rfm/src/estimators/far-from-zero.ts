import { type FloatDType, machineEpsilon } from '@agop/core';
import type { Rows } from '@agop/estimators';

/** The part of differences between rows that rounding may be: 3 digits are to be left of them. */
const mostRounding = 1e-3;

/** Rows of which a kernel that sees their origin sees little else. */
export interface FarFromZero {
  /** The column whose mean is largest. */
  readonly column: number;
  /** How many times as far from 0 as from their mean rows are: √(Σ mean² / Σ variance). */
  readonly ratio: number;
}

/**
 * Whether rows are so far from 0, compared with how far they are from each other, that inner products in a
 * dtype tell them apart by rounding: ratio² ε > 1e-3, a ratio from 92 in float32, from 2 million in float64.
 */
export function farFromZero({ data, rows, columns }: Rows, dtype: FloatDType): FarFromZero | undefined {
  const means = new Float64Array(columns);
  for (let begin = 0; begin < data.length; begin += columns) {
    for (let j = 0; j < columns; j++) {
      means[j] = (means[j] as number) + (data[begin + j] as number) / rows;
    }
  }
  let deviations = 0;
  for (let begin = 0; begin < data.length; begin += columns) {
    for (let j = 0; j < columns; j++) {
      deviations += ((data[begin + j] as number) - (means[j] as number)) ** 2 / rows;
    }
  }
  let [squares, column] = [0, 0];
  for (const [j, mean] of means.entries()) {
    squares += mean ** 2;
    if (Math.abs(mean) > Math.abs(means[column] as number)) column = j;
  }
  // Rows that are all the same are told apart by nothing.
  if (!(deviations > 0) || !(squares * machineEpsilon(dtype) > mostRounding * deviations)) return undefined;
  return { column, ratio: Math.sqrt(squares / deviations) };
}
