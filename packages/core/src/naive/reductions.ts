import type { Axis } from '../backend.ts';
import { at, type Dense } from '../host/dense.ts';

export function reduce(kind: 'sum' | 'max', a: Dense, axis: Axis, out: Dense): void {
  if (kind === 'sum') fold(a, axis, out, { start: 0, join: (sum, value) => sum + value });
  else fold(a, axis, out, { start: Number.NEGATIVE_INFINITY, join: Math.max });
}

export function mean(a: Dense, axis: Axis, out: Dense): void {
  const count = axis === 'all' ? a.rows * a.columns : axis === 0 ? a.rows : a.columns;
  fold(a, axis, out, { start: 0, join: (sum, value) => sum + value, finish: (sum) => sum / count });
}

export function norm(a: Dense, axis: Axis, out: Dense): void {
  fold(a, axis, out, { start: 0, join: (sum, value) => sum + value * value, finish: Math.sqrt });
}

/**
 * One value per column (axis 0), per row (axis 1), or of all elements: joined one after the other in float64,
 * then finished.
 */
function fold(
  a: Dense,
  axis: Axis,
  out: Dense,
  fold: {
    readonly start: number;
    readonly join: (result: number, value: number) => number;
    readonly finish?: (result: number) => number;
  },
): void {
  const { start, join, finish = (result) => result } = fold;
  const results = new Float64Array(out.rows * out.columns).fill(start);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) {
      const target = axis === 'all' ? 0 : axis === 0 ? j : i;
      results[target] = join(results[target] as number, at(a, i, j));
    }
  }
  out.buffer.set(results.map(finish));
}

/** The first largest entry of each column (axis 0) or row (axis 1). */
export function argmax(a: Dense, axis: 0 | 1, out: Dense): void {
  const [kept, reduced] = axis === 0 ? [a.columns, a.rows] : [a.rows, a.columns];
  for (let k = 0; k < kept; k++) {
    const value = (index: number): number => (axis === 0 ? at(a, index, k) : at(a, k, index));
    let best = 0;
    for (let index = 1; index < reduced; index++) if (value(index) > value(best)) best = index;
    out.buffer[k] = best;
  }
}
