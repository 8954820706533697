import type { Table } from '@agop/data';
import type { EngineFacts } from '../../engines/settings.ts';

/** What a fit may take. */
export interface FitLimits {
  readonly seconds: number;
  /** Bytes of the engine. */
  readonly bytes: number;
}

/** Share of the rows that is held out. */
const heldShare = 0.2;
/** Metric updates of the recursion. */
const updates = 5;
/** Kernel matrices that are alive at a time, and a little more. */
const matrices = 3.5;
/** How much slower a whole fit is than its products. */
const overhead = 2.5;
/** Categories beyond these are not one-hot columns. */
const mostCategories = 200;

/**
 * The most rows of a table whose fit, of all kernel machines of the recursion, stays within its time and
 * memory. The time is what the products of such a fit take at the speed of the engine, times a factor.
 */
export function affordableRows(
  table: Table,
  outputs: number,
  { gigaflops }: Pick<EngineFacts, 'gigaflops'>,
  { seconds, bytes }: FitLimits,
): number {
  const features = widthOf(table);
  const byMemory = Math.sqrt(bytes / (4 * matrices));
  const secondsOf = (rows: number): number => {
    // A factor of the kernel matrix, distances and the products of the AGOP.
    const fit =
      rows ** 3 / 3 + 2 * rows * rows * (2 * features + outputs) + 2 * rows * rows * outputs * features;
    return (overhead * (updates + 1) * fit) / (gigaflops * 1e9);
  };
  let rows = Math.min(table.rows, Math.floor(byMemory / (1 - heldShare)));
  while (rows > 200 && secondsOf(rows * (1 - heldShare)) > seconds) rows = Math.floor(rows * 0.9);
  return rows;
}

/** Columns of the feature matrix, about. */
function widthOf({ columns }: Table): number {
  const widths = columns.map((column) =>
    column.kind === 'numeric' ? 1 : Math.min(mostCategories, column.categories.length),
  );
  return widths.reduce((sum, width) => sum + width, 0);
}
