import { OptionError, randomPermutation, ValueError } from '@agop/core';
import { checkMembers, checkWhole } from '@agop/core/options';

/** Two disjoint lists of row numbers, each in ascending order, that together are all rows. */
export interface RowSplit {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** How {@link splitRows} divides. */
export interface SplitOptions {
  /** Share of the rows that go to `test`, above 0 and below 1. Default 0.2. */
  readonly fraction?: number;
  /** Seed of the permutation. Default 0. */
  readonly seed?: number;
  /** One label per row: every class is divided in the same proportion (to one row). */
  readonly stratify?: ArrayLike<string | number>;
}

/**
 * Divides rows at random into a training and a test part. Rows are ordered by `randomPermutation` of
 * `@agop/core` (Philox 4x32-10, stream 0 of the seed), so the same seed gives the same division everywhere;
 * the first round(fraction x rows) of them are the test part, at least one and at most all but one.
 * With `stratify`, the test rows of the classes are apportioned by largest remainders, every class keeps at
 * least one training row, and within a class the first rows of the permutation are taken.
 *
 * @throws {ValueError} if there are fewer than two rows, labels of another number, or only classes of one row
 * @throws {OptionError} if the fraction leaves one part empty or the seed is not an integer from 0 to 2^53 -
 *   1
 */
export function splitRows(rows: number, options: SplitOptions = {}): RowSplit {
  checkMembers('splitRows()', options, { fraction: 'number?', seed: 'number?', stratify: 'list?' });
  checkWhole('rows', rows, 0, 2 ** 31);
  const fraction = options.fraction ?? 0.2;
  if (!(fraction > 0 && fraction < 1)) {
    throw new OptionError('fraction', { requirement: 'be above 0 and below 1', received: fraction });
  }
  if (rows < 2) throw new ValueError(`${rows} rows cannot be divided into two parts. At least 2 are needed.`);
  const order = randomPermutation(rows, { seed: options.seed ?? 0 });
  const wanted = Math.min(rows - 1, Math.max(1, Math.round(fraction * rows)));
  const labels = options.stratify ?? new Uint8Array(rows);
  if (labels.length !== rows) throw new ValueError(`${labels.length} labels were given for ${rows} rows.`);
  const quota = testQuotas(labels, wanted);
  const isTest = new Uint8Array(rows);
  for (const row of order) {
    const label = labels[row] as string | number;
    const left = quota.get(label) as number;
    if (left === 0) continue;
    quota.set(label, left - 1);
    isTest[row] = 1;
  }
  const indices = Int32Array.from({ length: rows }, (_, row) => row);
  return {
    train: indices.filter((row) => isTest[row] === 0),
    test: indices.filter((row) => isTest[row] === 1),
  };
}

/** Number of test rows of each class. */
function testQuotas(labels: ArrayLike<string | number>, wanted: number): Map<string | number, number> {
  const sizes = new Map<string | number, number>();
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as string | number;
    sizes.set(label, (sizes.get(label) ?? 0) + 1);
  }
  const shares = [...sizes].map(([label, size]) => {
    const exact = (wanted * size) / labels.length;
    return { label, size, count: Math.floor(exact), remainder: exact - Math.floor(exact) };
  });
  let left = wanted - shares.reduce((sum, share) => sum + share.count, 0);
  // sort is stable: classes with the same remainder are served in the order of their first rows.
  for (const share of shares.toSorted((a, b) => b.remainder - a.remainder)) {
    if (left === 0) break;
    if (share.count + 1 >= share.size && sizes.size > 1) continue;
    share.count += 1;
    left -= 1;
  }
  if (shares.every((share) => share.count === 0)) {
    throw new ValueError('No class has two rows, so none can be divided into a training and a test part.');
  }
  return new Map(shares.map((share) => [share.label, share.count]));
}
