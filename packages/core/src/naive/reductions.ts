import type { Axis } from '../backend.ts';
import type { Reduction } from '../engine/engine.ts';
import { at, type Dense } from '../host/dense.ts';

/** One value per column (axis 0), per row (axis 1), or of all elements. */
export function reduce(kind: Reduction, a: Dense, axis: Axis, out: Dense): void {
  const count = axis === 'all' ? a.rows * a.columns : axis === 0 ? a.rows : a.columns;
  const results = new Float64Array(out.rows * out.columns).fill(
    kind === 'max' ? Number.NEGATIVE_INFINITY : 0,
  );
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) {
      const target = axis === 'all' ? 0 : axis === 0 ? j : i;
      results[target] = join(kind, results[target] as number, at(a, i, j));
    }
  }
  out.buffer.set(results.map((result) => finish(kind, result, count)));
}

function join(kind: Reduction, result: number, value: number): number {
  if (kind === 'max') return Math.max(result, value);
  return result + (kind === 'norm' ? value * value : value);
}

function finish(kind: Reduction, result: number, count: number): number {
  if (kind === 'norm') return Math.sqrt(result);
  return kind === 'mean' ? result / count : result;
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
