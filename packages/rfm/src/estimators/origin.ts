import { type FloatDType, ValueError } from '@agop/core';
import type { Rows } from '@agop/estimators';
import type { Kernel } from '../kernels/kernel.ts';

/**
 * The point that features are counted from: the means of the columns, [d], in float64. Kernels of distances
 * do not see it, but p + q - 2u loses the more digits the farther points are from 0: a temperature in kelvin
 * or a year would leave float32 nothing. Other kernels see it: undefined.
 */
export function originOf(
  kernel: Kernel,
  { data, rows, columns }: Rows,
): Float64Array<ArrayBuffer> | undefined {
  if (kernel.geometry === 'inner' && !kernel.radial) return undefined;
  const origin = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) {
    const j = at % columns;
    origin[j] = (origin[j] as number) + (data[at] as number) / rows;
  }
  return origin;
}

/** Rows as seen from an origin, in float64; the rows themselves where there is none. */
export function seenFrom(origin: ArrayLike<number> | undefined, rows: Rows): Rows {
  if (!origin) return rows;
  const { data, columns } = rows;
  const moved = new Float64Array(data.length);
  for (let at = 0; at < moved.length; at++) {
    moved[at] = (data[at] as number) - (origin[at % columns] as number);
  }
  return { ...rows, data: moved };
}

/** Between these sizes of features, their squares, those of gradients, and sums of both stay within a dtype. */
export const squaresReach = { float32: [1e-15, 1e15], float64: [1e-140, 1e140] } as const;

/**
 * Checks that squares of features neither overflow nor vanish.
 *
 * @param what name of the rows in messages
 * @param smallest whether features may not be too small, either
 * @throws {ValueError} with the column, and what to do
 */
export function checkReach(
  { data, columns }: Rows,
  dtype: FloatDType,
  what: string,
  { smallest }: { readonly smallest: boolean },
): void {
  let [largest, where] = [0, 0];
  for (let at = 0; at < data.length; at++) {
    const size = Math.abs(data[at] as number);
    if (size > largest) [largest, where] = [size, at];
  }
  const [low, high] = squaresReach[dtype];
  const isSmall = smallest && largest > 0 && largest < low;
  if (largest <= high && !isSmall) return;
  const position = { row: Math.floor(where / columns), column: where % columns };
  const size = largest > high ? 'overflow' : 'vanish';
  const other = dtype === 'float32' ? ", or use dtype 'float64'" : '';
  throw new ValueError(
    `Squares of ${what} ${size} in ${dtype}: column ${position.column} is up to ${largest.toPrecision(3)} from its mean. Rescale the features and the bandwidth${other}.`,
    position,
  );
}
