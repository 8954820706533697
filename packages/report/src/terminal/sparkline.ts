import { checkMembers, checkNumbers } from '@agop/core/options';
import { largest, smallest } from '../extent.ts';

const levels = '▁▂▃▄▅▆▇█';

/** Options of {@link sparkline}. */
export interface SparklineOptions {
  /** Columns. Default: one for each value; more values than columns are thinned to the last of each group. */
  readonly width?: number;
  /** Value of the lowest and the highest level. Default: the smallest and largest value. */
  readonly domain?: readonly [number, number];
}

/**
 * Values as one line of blocks of eight heights; a blank for what is not finite.
 *
 * @throws {OptionError} for unknown options, and for values that are no numbers
 */
export function sparkline(values: ArrayLike<number>, options: SparklineOptions = {}): string {
  checkMembers('sparkline()', options, { width: 'number?', domain: 'numbers?' });
  checkNumbers('values', values);
  const shown = thin(values, options.width ?? values.length);
  const finite = shown.filter(Number.isFinite);
  const [low, high] = options.domain ?? [smallest(finite), largest(finite)];
  return shown
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      // By halves: the difference of extremes would overflow.
      const t = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2 || 1) : 0.5;
      return levels[Math.min(7, Math.max(0, Math.round(t * 7)))];
    })
    .join('');
}

/** At most `width` values, the last of each group of neighbours. */
export function thin(values: ArrayLike<number>, width: number): number[] {
  if (values.length <= width) return Array.from(values);
  return Array.from(
    { length: width },
    (_, i) => values[Math.floor(((i + 1) * values.length) / width) - 1] as number,
  );
}
