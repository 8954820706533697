import { type Backend, type RandomKey, Scope, type Tensor } from '@agop/core';
import type { Kernel } from '../kernels/kernel.ts';
import type { Metric } from '../metric/metric.ts';
import { farOrigin } from './far-origin.ts';
import { pairDistances } from './pair-distances.ts';
import { preparePoints } from './points.ts';
import { subsetRows } from './subset-rows.ts';

/** Points whose distances are measured; a median of half a million needs no more. */
const mostPoints = 1000;

/**
 * The median distance between two points, in the norm and the metric of a kernel; of a random subset where
 * there are more than 1000. The lower one of two middle ones. Where most points coincide, the median of the
 * distances that are not 0, so that it is in the unit of the features there, too; 0 where all coincide.
 *
 * Source: the bandwidth mode 'adaptive' of Beaglehole, Holzmüller, Radhakrishnan, Belkin 2025 (arXiv
 * 2508.10053).
 *
 * @param x [n, d]
 * @param key of the subset
 * @throws {OptionError} for a kernel that is no function of a distance
 */
export async function medianDistance(
  backend: Backend,
  kernel: Kernel,
  metric: Metric,
  x: Tensor,
  key: RandomKey,
): Promise<number> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const chosen = subsetRows(ops, x, mostPoints, key) ?? x;
  const points = preparePoints(ops, kernel, metric, chosen, farOrigin(ops, chosen));
  const n = points.count;
  const { matrix, power } = pairDistances(ops, kernel, points, points, 'bandwidthMode');
  const all = await matrix.read();
  const pairs = new Float64Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) pairs[at++] = all[i * n + j] as number;
  pairs.sort();
  const first = pairs.findIndex((value) => value > 0);
  if (first < 0) return 0;
  const middle = (pairs.length - 1) >> 1;
  return (pairs[middle < first ? (first + pairs.length - 1) >> 1 : middle] as number) ** power;
}
