import { throwIfAborted } from '@agop/core';
import { checkFeatures, type Rows, takeRows } from '@agop/estimators';
import { Router } from '../tree/routing.ts';
import type { FittedTabular } from './fitted.ts';

const oneLeaf = { temperature: 0, keptWeight: 1, mostLeaves: 1 } as const;

/**
 * How far rows are from the training rows of the leaf that they fall into, [n]: 1 is the most that is usual
 * among the training rows of that leaf. Of several trees the first one's leaves.
 *
 * @returns undefined where the kernel is no function of a distance
 * @throws {ShapeError} for other columns than those of the fit
 * @throws {ValueError} for features whose squares leave the range of the dtype
 * @throws {AbortedError} through `signal`
 */
export async function distancesOf(
  { features, trees: [root], machines }: FittedTabular,
  rows: Rows,
  signal?: AbortSignal,
): Promise<Float64Array | undefined> {
  checkFeatures(rows, features);
  if (!root) return undefined;
  const distances = new Float64Array(rows.rows);
  for (const [leaf, { rows: own }] of new Router(root).route(rows, 0, rows.rows, oneLeaf).byLeaf) {
    throwIfAborted(signal, 'The distances');
    const found = await machines.distances(leaf, takeRows(rows, own));
    if (!found) return undefined;
    own.forEach((row, i) => {
      distances[row] = found[i] as number;
    });
  }
  return distances;
}
