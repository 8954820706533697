import { ShapeError } from '@agop/core';

/** How one row lies to what a model was fitted on; plain JSON. */
export interface RowExtrapolation {
  /** Whether it lies outside, by a cell or by its distance: its prediction rests on nothing that was seen. */
  readonly outside: boolean;
  /** Its cells outside of what the training rows had. */
  readonly cells: readonly {
    readonly column: string;
    /** `below`, `above`: beyond the numbers of the training rows; `unseen`; `missing`. */
    readonly kind: string;
    /** The least or largest of the training rows, of `below` and `above`. */
    readonly limit?: string;
  }[];
  /** To the nearest training rows, where 1 is the most that is usual; null where that is not known. */
  readonly distance: number | null;
}

/**
 * What a model says of rows together, row by row.
 *
 * @param told what `extrapolation()` of an estimator of tables gives
 * @throws {ShapeError} for anything else
 */
export function extrapolationByRow(told: unknown, rows: number): RowExtrapolation[] {
  if (!isExtrapolation(told)) {
    throw new ShapeError('extrapolation() of the model must give rows, cells and distances.');
  }
  const outside = new Set<unknown>(told.rows);
  const cells = Array.from({ length: rows }, (): RowExtrapolation['cells'][number][] => []);
  for (const { column, kind, limit, rows: own } of told.cells) {
    for (const row of own) cells[row]?.push({ column, kind, ...(limit !== undefined && { limit }) });
  }
  return cells.map((own, row) => ({
    outside: outside.has(row),
    cells: own,
    distance: told.distances?.[row] ?? null,
  }));
}

interface Told {
  readonly rows: Iterable<number>;
  readonly cells: readonly (RowExtrapolation['cells'][number] & { readonly rows: Iterable<number> })[];
  readonly distances: ArrayLike<number> | undefined;
}

function isExtrapolation(told: unknown): told is Told {
  if (typeof told !== 'object' || told === null) return false;
  if (!('rows' in told && 'cells' in told)) return false;
  return isNumbers(told.rows) && Array.isArray(told.cells) && told.cells.every(isCells);
}

function isCells(cells: unknown): boolean {
  return typeof cells === 'object' && cells !== null && 'rows' in cells && isNumbers(cells.rows);
}

function isNumbers(list: unknown): boolean {
  return Array.isArray(list) || list instanceof Int32Array;
}
