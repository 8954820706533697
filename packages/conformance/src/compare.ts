import type { Shape } from '@agop/core';
import { ConformanceFailure } from './failure.ts';

/** Largest allowed difference: one for all elements, or one per element. */
export type Tolerance = number | ArrayLike<number>;

/**
 * Compares elements. Where NaN or an infinity is expected, the same must be there; 0 and -0 are equal.
 *
 * @throws {ConformanceFailure} naming the element that exceeds its tolerance by most
 */
export function compare(
  what: string,
  shape: Shape,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
): void {
  if (actual.length !== expected.length) {
    throw new ConformanceFailure(`${what}: ${expected.length} elements are expected, ${actual.length} came.`);
  }
  let [worst, worstExcess, bad] = [-1, 0, 0];
  for (let i = 0; i < expected.length; i++) {
    const allowed = typeof tolerance === 'number' ? tolerance : (tolerance[i] as number);
    const excess = excessOf(actual[i] as number, expected[i] as number, allowed);
    if (excess > 0) bad += 1;
    if (excess > worstExcess) [worst, worstExcess] = [i, excess];
  }
  if (bad === 0) return;
  const allowed = typeof tolerance === 'number' ? tolerance : (tolerance[worst] as number);
  throw new ConformanceFailure(
    `${what}: at ${place(worst, shape)} of [${shape.join(', ')}], ${expected[worst]} is expected within ${allowed.toExponential(1)}, ` +
      `but ${actual[worst]} came (${bad} of ${expected.length} elements are off).`,
  );
}

/** By how much the tolerance is exceeded: 0 if it is kept. */
function excessOf(actual: number, expected: number, allowed: number): number {
  if (actual === expected || (Number.isNaN(actual) && Number.isNaN(expected))) return 0;
  const difference = Math.abs(actual - expected);
  if (!Number.isFinite(difference)) return Number.POSITIVE_INFINITY;
  return difference <= allowed ? 0 : difference / (allowed || Number.MIN_VALUE);
}

function place(index: number, shape: Shape): string {
  const position: number[] = [];
  let rest = index;
  for (const length of [...shape].reverse()) {
    position.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return `(${position.join(', ')})`;
}
