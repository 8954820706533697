import { OutOfMemoryError } from '@agop/core';
import type { BitMatrix } from '../bits/bit-matrix.ts';
import type { BitTree } from '../tree/tree.ts';

/** What a forest finds for queries, a row each. */
export interface Neighbors {
  /** How many neighbors a row has. */
  readonly k: number;
  /** Rows of the stored points, the nearest first, the lower row first among equals; -1: none, [m, k]. */
  readonly indices: Int32Array;
  /** Bits in which they differ from the query; -1 where there is none, [m, k]. */
  readonly distances: Int32Array;
  /** Different points that were compared with the query, [m]. */
  readonly candidates: Int32Array;
  /** Bits that were tested on the way, over all trees, [m]. */
  readonly tests: Int32Array;
}

/**
 * The nearest of the points in the leaves that queries come to.
 *
 * @throws {OutOfMemoryError} for more neighbors than there is memory for
 */
export function nearest(
  points: BitMatrix,
  trees: readonly BitTree[],
  queries: BitMatrix,
  k: number,
): Neighbors {
  const { rows } = queries;
  const found: Neighbors = {
    k,
    indices: noneOf(rows * k),
    distances: noneOf(rows * k),
    candidates: new Int32Array(rows),
    tests: new Int32Array(rows),
  };
  /** The query, counted from 1, that has last met a point. */
  const met = new Int32Array(points.rows);
  for (let row = 0; row < rows; row++) {
    for (const tree of trees) {
      const { leaf, tests } = tree.walk(queries, row);
      found.tests[row] = (found.tests[row] as number) + tests;
      for (const point of tree.points(leaf)) {
        if (met[point] === row + 1) continue;
        met[point] = row + 1;
        found.candidates[row] = (found.candidates[row] as number) + 1;
        enter(found, row, point, queries.distance(row, points, point));
      }
    }
  }
  return found;
}

/** −1 so many times. */
function noneOf(length: number): Int32Array {
  try {
    return new Int32Array(length).fill(-1);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new OutOfMemoryError('host', 4 * length, undefined, 'Ask for a smaller k.');
  }
}

/** Puts a point in its place among the nearest of a query. */
function enter({ indices, distances, k }: Neighbors, row: number, point: number, distance: number): void {
  const begin = row * k;
  let at = begin + k;
  while (at > begin) {
    const other = indices[at - 1] as number;
    const farther = distances[at - 1] as number;
    if (other >= 0 && (farther < distance || (farther === distance && other < point))) break;
    at -= 1;
  }
  if (at === begin + k) return;
  indices.copyWithin(at + 1, at, begin + k - 1);
  distances.copyWithin(at + 1, at, begin + k - 1);
  indices[at] = point;
  distances[at] = distance;
}
