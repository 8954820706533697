import { randomPermutation, ValueError } from '@agop/core';
import { checkGiven, checkList, checkWhole } from '@agop/core/options';

/**
 * Draws rows at random, from every class in proportion: by largest remainders, and at least one of each
 * class. All rows where there are no more than `count`.
 *
 * @param labels one label per row
 * @param count rows to draw
 * @param options `seed` and `stream` of the permutation (Philox 4x32-10), of which each class gets its first
 *   rows; default 0 and 0
 * @returns row numbers, ascending
 * @throws {OptionError} if `count` is not a whole number from 1, and for labels that are no list
 * @throws {ValueError} if there are more classes than `count`
 */
export function sampleRows(
  labels: ArrayLike<string | number>,
  count: number,
  options: { readonly seed?: number; readonly stream?: number } = {},
): Int32Array {
  checkGiven('sampleRows()', options, { seed: true, stream: true });
  const { seed = 0, stream = 0 } = options;
  checkWhole('count', count, 1);
  checkList('labels', labels, 'labels', (label) => typeof label === 'string' || typeof label === 'number');
  const rows = labels.length;
  if (rows <= count) return Int32Array.from({ length: rows }, (_, row) => row);
  const left = quotas(labels, count);
  const drawn: number[] = [];
  for (const row of randomPermutation(rows, { seed, stream })) {
    const label = labels[row] as string | number;
    const quota = left.get(label) as number;
    if (quota === 0) continue;
    left.set(label, quota - 1);
    drawn.push(row);
  }
  return Int32Array.from(drawn).sort();
}

/** Rows to draw of each class: one, and of the others its share by largest remainders. */
function quotas(labels: ArrayLike<string | number>, count: number): Map<string | number, number> {
  const sizes = new Map<string | number, number>();
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as string | number;
    sizes.set(label, (sizes.get(label) ?? 0) + 1);
  }
  if (sizes.size > count) {
    throw new ValueError(`${count} rows cannot be drawn from ${sizes.size} classes with one of each.`);
  }
  const shares = [...sizes].map(([label, size]) => {
    const exact = (count * size) / labels.length;
    return { label, exact, quota: Math.max(1, Math.floor(exact)) };
  });
  // A class that got its one row although its share is below 1 may have taken it from a larger one.
  for (let sum = shares.reduce((total, { quota }) => total + quota, 0); sum !== count; ) {
    const step = sum < count ? 1 : -1;
    const able = step > 0 ? shares : shares.filter(({ quota }) => quota > 1);
    const due = able.reduce((best, share) =>
      step * (share.exact - share.quota) > step * (best.exact - best.quota) ? share : best,
    );
    due.quota += step;
    sum += step;
  }
  return new Map(shares.map(({ label, quota }) => [label, quota]));
}
