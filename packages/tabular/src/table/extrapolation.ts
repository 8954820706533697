import type { OutsideCells, Table } from '@agop/data';
import { distancesOf } from '../model/distances.ts';
import type { FittedMember } from './fitted-table.ts';
import { toRows } from './table-problem.ts';

/** Which rows lie outside of what a model was fitted on, and why. */
export interface Extrapolation {
  /** Numbers of the rows that lie outside by a cell or by their distance, ascending. */
  readonly rows: Int32Array;
  /**
   * Cells outside of what the training rows had, column by column: numbers and dates beyond their range by
   * more than a tenth of it, categories that none of them had, no value where all had one.
   */
  readonly cells: readonly OutsideCells[];
  /**
   * How far each row is from the nearest of (at most 1000) training rows, [n], in the metric that the model
   * has learned, where 1 is the most that is usual among the training rows themselves: rows above 1 are far.
   * In a tree by the leaf that a row falls into; in an average by the fit with the largest share. Undefined
   * where its kernel is no function of a distance.
   */
  readonly distances: Float64Array | undefined;
}

/**
 * Rows outside by their cells and by their distances: cells tell also of columns that the metric does not see
 * and of numbers whose ranks end at the largest one, distances of combinations of cells that are usual one by
 * one.
 *
 * @throws {ValueError} for columns that are missing, and cells that are no numbers where numbers are needed
 */
export async function extrapolationOf(
  members: readonly FittedMember[],
  table: Table,
): Promise<Extrapolation> {
  const { preprocessor, fitted } = members.reduce((a, b) => (b.share > a.share ? b : a));
  const distances = await distancesOf(fitted, toRows(preprocessor.transform(table)));
  const cells = preprocessor.outside(table);
  const isOutside = new Uint8Array(table.rows);
  for (const { rows } of cells) for (const row of rows) isOutside[row] = 1;
  for (const [row, distance] of distances?.entries() ?? []) if (distance > 1) isOutside[row] = 1;
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row).filter((row) => isOutside[row] === 1);
  return { rows, cells, distances };
}
