import type { Nonzeros } from './nonzeros.ts';

/** The entries of points that are not 0, by point: as many for each as for the one that has most. */
export interface PointEntries {
  /** Entries of a point, at least 1. */
  readonly terms: number;
  /** Their columns, ascending, [n, terms]; 0 for what is missing. */
  readonly columns: Int32Array;
  /** Their values, [n, terms]; 0 for what is missing. */
  readonly values: Float64Array;
}

/** Those of the points of a fit, each of whose iterations asks for them. */
const known = new WeakMap<Nonzeros, PointEntries>();

/** {@link Nonzeros} by point. */
export function entriesOf(nonzeros: Nonzeros): PointEntries {
  const entries = known.get(nonzeros) ?? byPoint(nonzeros);
  known.set(nonzeros, entries);
  return entries;
}

function byPoint({ points, rows, values: ofColumns }: Nonzeros): PointEntries {
  const counts = new Int32Array(points);
  for (const column of rows) for (const point of column) counts[point] = (counts[point] as number) + 1;
  const terms = counts.reduce((most, count) => Math.max(most, count), 1);
  const columns = new Int32Array(points * terms);
  const values = new Float64Array(points * terms);
  counts.fill(0);
  for (const [feature, column] of rows.entries()) {
    for (const [t, point] of column.entries()) {
      const before = counts[point] as number;
      columns[point * terms + before] = feature;
      values[point * terms + before] = ofColumns[feature]?.[t] as number;
      counts[point] = before + 1;
    }
  }
  return { terms, columns, values };
}
