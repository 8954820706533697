import { type RandomKey, Scope, type Tensor } from '@agop/core';
import { farOrigin } from '../kernel-matrix/far-origin.ts';
import { hasDistance, pairDistances } from '../kernel-matrix/pair-distances.ts';
import { type Points, preparePoints } from '../kernel-matrix/points.ts';
import { rowBlocks } from '../kernel-matrix/row-blocks.ts';
import { subsetRows } from '../kernel-matrix/subset-rows.ts';
import type { KernelMachine } from './kernel-machine.ts';

/** Most centers that points are compared with. */
const mostCenters = 1000;

/** A share of the centers' distances, and the multiple of it, that a usual distance does not exceed. */
const [usualShare, usualMultiple] = [0.99, 1.5];

/** Share of the mean distance between centers that rounding may make of 0. */
const rounding = 1e-3;

/** Centers to compare points with, and what distances are counted from. */
interface References {
  readonly points: Points;
  readonly origin: Tensor;
}

function referencesOf(scope: Scope, { kernel, metric, centers }: KernelMachine, key: RandomKey): References {
  const { ops } = scope;
  const chosen = subsetRows(ops, centers, mostCenters, key) ?? centers;
  const origin = farOrigin(ops, chosen);
  return { points: preparePoints(ops, kernel, metric, chosen, origin), origin };
}

/**
 * The distance of each point to the nearest center of a machine, in the norm of its kernel and its metric; of
 * a random subset of 1000 centers where there are more.
 *
 * @param x [n, d], counted from where the centers are counted from
 * @param key of the subset: the same one makes distances comparable
 * @returns [n], from 0; undefined where the kernel is no function of a distance
 */
export async function nearestCenters(
  machine: KernelMachine,
  x: Tensor,
  key: RandomKey,
): Promise<Float64Array | undefined> {
  const { backend, kernel, metric } = machine;
  if (!hasDistance(kernel)) return undefined;
  using scope = new Scope(backend);
  const { points: references, origin } = referencesOf(scope, machine, key);
  const m = references.count;
  const found = new Float64Array(x.shape[0] as number);
  for (const { begin, end } of rowBlocks(found.length, 8 * m)) {
    using block = new Scope(scope.ops);
    const { ops } = block;
    const points = preparePoints(ops, kernel, metric, ops.rows(x, begin, end), origin);
    const { matrix, power } = pairDistances(ops, kernel, points, references, 'kernel');
    const all = await matrix.read();
    for (let row = begin, at = 0; row < end; row++) {
      let least = Number.POSITIVE_INFINITY;
      for (const rowEnd = at + m; at < rowEnd; at++)
        if ((all[at] as number) < least) least = all[at] as number;
      found[row] = least ** power;
    }
  }
  return found;
}

/**
 * How far points of the same kind as the centers of a machine are from the nearest center at most: as far as
 * any of (at most 1000) centers is from the nearest other one, but no more than 1.5 times what 99 of 100
 * are, so that a single center far from all others does not hide what is far. Where the first of the two
 * holds, a further point of the same kind is farther with a probability of one over the number of centers.
 *
 * @param key as that of {@link nearestCenters}
 * @returns positive, infinite where there is one center; undefined where the kernel is no function of a
 *   distance
 */
export async function usualDistance(machine: KernelMachine, key: RandomKey): Promise<number | undefined> {
  const { backend, kernel } = machine;
  if (!hasDistance(kernel)) return undefined;
  using scope = new Scope(backend);
  const { points } = referencesOf(scope, machine, key);
  const m = points.count;
  const { matrix, power } = pairDistances(scope.ops, kernel, points, points, 'kernel');
  const all = await matrix.read();
  let sum = 0;
  const nearest = Float64Array.from({ length: m }, (_, row) => {
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0, at = row * m; k < m; k++, at++) {
      const value = all[at] as number;
      sum += value;
      if (k !== row && value < least) least = value;
    }
    return least ** power;
  }).sort();
  const usual = usualMultiple * (nearest[Math.ceil(usualShare * m) - 1] as number);
  const largest = nearest[m - 1] as number;
  // Where most centers are there twice, a copy is usual, and others are as well.
  const bound = usual > 0 ? Math.min(usual, largest) : largest;
  return Math.max(bound, rounding * (sum / (m * m)) ** power, Number.MIN_VALUE);
}
