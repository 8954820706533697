import { type Backend, type FloatDType, type Tensor, ValueError } from '@agop/core';
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
  for (let begin = 0; begin < data.length; begin += columns) {
    for (let j = 0; j < columns; j++) {
      origin[j] = (origin[j] as number) + (data[begin + j] as number) / rows;
    }
  }
  return origin;
}

/** How rows are checked before they go to the backend. */
export interface ReachOptions {
  /** Name of the rows in messages. */
  readonly what: string;
  /** Whether all of them may not be too small, either. */
  readonly smallest: boolean;
  /** What the numbers are distances from, as messages say it. Default 'from 0'. */
  readonly from?: string;
}

/**
 * Rows as seen from an origin, on the backend: [n, d]. Differences are taken in float64 and rounded once.
 *
 * @throws {ValueError} where their squares leave the dtype, see {@link checkReach}
 */
export function uploadFrom(
  origin: Float64Array | undefined,
  backend: Backend,
  given: Rows,
  dtype: FloatDType,
  options: ReachOptions,
): Tensor {
  const { data, rows, columns } = given;
  if (!origin) {
    checkReach(given, dtype, options);
    return backend.tensor(data, [rows, columns], dtype);
  }
  const moved = dtype === 'float32' ? new Float32Array(data.length) : new Float64Array(data.length);
  let [largest, where] = [0, 0];
  for (let begin = 0; begin < moved.length; begin += columns) {
    for (let j = 0; j < columns; j++) {
      const value = (data[begin + j] as number) - (origin[j] as number);
      moved[begin + j] = value;
      const size = Math.abs(value);
      if (size > largest) [largest, where] = [size, begin + j];
    }
  }
  refuse({ largest, where, columns }, dtype, options, 'from its mean');
  return backend.tensor(moved, [rows, columns], dtype);
}

/**
 * Checks that squares of features neither overflow nor vanish.
 *
 * @throws {ValueError} with the column, and what to do
 */
export function checkReach({ data, columns }: Rows, dtype: FloatDType, options: ReachOptions): void {
  let [largest, where] = [0, 0];
  for (let at = 0; at < data.length; at++) {
    const size = Math.abs(data[at] as number);
    if (size > largest) [largest, where] = [size, at];
  }
  refuse({ largest, where, columns }, dtype, options, options.from ?? 'from 0');
}

/** Between these sizes of features, their squares, those of gradients, and sums of them stay in a dtype. */
const reach = { float32: [1e-15, 1e15], float64: [1e-140, 1e140] } as const;

/** What becomes of the squares of features of which this is the largest. */
export function faultOfSquares(
  largest: number,
  dtype: FloatDType,
  smallest: boolean,
): 'overflow' | 'vanish' | undefined {
  const [low, high] = reach[dtype];
  if (largest > high) return 'overflow';
  return smallest && largest > 0 && largest < low ? 'vanish' : undefined;
}

/**
 * Checks that squares of gradients, which are in units of the targets, neither overflow nor vanish. Targets
 * that are not standardized may be in any unit.
 *
 * @param targets [n, outputs], row-major
 * @throws {ValueError} with the column, and what to do
 */
export function checkTargets(targets: ArrayLike<number>, outputs: number, dtype: FloatDType): void {
  let [largest, where] = [0, 0];
  for (let at = 0; at < targets.length; at++) {
    const size = Math.abs(targets[at] as number);
    if (size > largest) [largest, where] = [size, at];
  }
  const fault = faultOfSquares(largest, dtype, true);
  if (!fault) return;
  const position = { row: Math.floor(where / outputs), column: where % outputs };
  throw new ValueError(
    `Squares of y ${fault} in ${dtype}: column ${position.column} is up to ${largest.toPrecision(3)}. Rescale it, leave standardizeTargets on${orFloat64(largest, dtype)}.`,
    position,
  );
}

/** Where the largest entry of a matrix is. */
interface Largest {
  readonly largest: number;
  readonly where: number;
  readonly columns: number;
}

function refuse(
  { largest, where, columns }: Largest,
  dtype: FloatDType,
  { what, smallest }: ReachOptions,
  from: string,
): void {
  const fault = faultOfSquares(largest, dtype, smallest);
  if (!fault) return;
  const position = { row: Math.floor(where / columns), column: where % columns };
  throw new ValueError(
    `Squares of ${what} ${fault} in ${dtype}: column ${position.column} is up to ${largest.toPrecision(3)} ${from}. Rescale the features, and the bandwidth of the kernel${orFloat64(largest, dtype)}.`,
    position,
  );
}

/** The advice to take float64, where that would do. */
function orFloat64(largest: number, dtype: FloatDType): string {
  const helps = dtype === 'float32' && !faultOfSquares(largest, 'float64', true);
  return helps ? ", or use dtype 'float64'" : '';
}
