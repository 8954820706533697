import type { TreeSettings } from './settings.ts';

/** Two halves of rows on both sides of a median. */
export interface Partition {
  /** The lower one of two middle projections. */
  readonly threshold: number;
  /** The range between the quartiles, at least 1e-6. */
  readonly scale: number;
  /** Positions among the projections, ascending. */
  readonly left: Int32Array;
  readonly right: Int32Array;
}

/**
 * Halves of equal size by projections, also where many are equal: the lower half to the left. So that every
 * split makes leaves smaller, equal projections may come to both sides.
 *
 * @param overlap fraction of the rows on each side of the middle that both halves get
 */
export function partition(projections: Float64Array, overlap: number): Partition {
  const n = projections.length;
  const order = Int32Array.from(projections.keys()).sort(
    (i, j) => (projections[i] as number) - (projections[j] as number) || i - j,
  );
  const sorted = Float64Array.from(order, (i) => projections[i] as number);
  const shared = Math.min(n, Math.round(2 * overlap * n));
  const leftAlone = Math.ceil((n - shared) / 2);
  return {
    threshold: sorted[(n - 1) >> 1] as number,
    scale: Math.max(quantile(sorted, 0.75) - quantile(sorted, 0.25), 1e-6),
    left: order.slice(0, leftAlone + shared).sort(),
    right: order.slice(leftAlone).sort(),
  };
}

/** A quantile of sorted values, linear between two of them. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const [low, high] = [sorted[below] as number, sorted[Math.min(below + 1, sorted.length - 1)] as number];
  return low + (at - below) * (high - low);
}

/** The overlap of a node of so many rows, of which leaves have `leafRows` at most. */
export function overlapOf(
  rows: number,
  leafRows: number,
  { overlap, overlapDecay }: Pick<TreeSettings, 'overlap' | 'overlapDecay'>,
): number {
  return overlap * Math.min(1, ((2 * leafRows) / rows) ** overlapDecay);
}
