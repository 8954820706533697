import { OptionError, randomPermutation, wording } from '@agop/core';

/** Row numbers of a table, each list ascending. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * A random split of `size` rows: floor(fraction * size) of them train, the others test. Reproducible: rows
 * are drawn by core's Philox generator, stream 0 of the seed.
 *
 * @throws {OptionError} if the fraction is not between 0 and 1, or one side would be empty
 */
export function randomSplit(size: number, fraction: number, seed: number): Split {
  const trainSize = trainingSize(size, fraction);
  const order = randomPermutation(size, { seed });
  return { train: order.slice(0, trainSize).sort(), test: order.slice(trainSize).sort() };
}

/**
 * The number of rows that train, floor(fraction * size).
 *
 * @throws {OptionError} if the fraction is not between 0 and 1, or one side would be empty
 */
export function trainingSize(size: number, fraction: number): number {
  if (!(typeof fraction === 'number' && fraction > 0 && fraction < 1)) {
    throw new OptionError('fraction', { requirement: 'lie between 0 and 1', received: fraction });
  }
  const trainSize = Math.floor(fraction * size);
  if (trainSize === 0) {
    throw new OptionError(
      'fraction',
      wording`${{ option: 'fraction', value: fraction }} leaves no training pair of the ${size} in the table. Use at least ${roundUp(1 / size)}.`,
    );
  }
  return trainSize;
}

/**
 * Checks a split given by row numbers.
 *
 * @throws {OptionError} if a list is empty, a number is not a row of the table, or a row occurs twice
 */
export function checkSplit(
  split: { train: ArrayLike<number>; test: ArrayLike<number> },
  size: number,
): Split {
  const used = new Set<number>();
  for (const part of ['train', 'test'] as const) {
    const rows = split[part];
    if (rows.length === 0)
      throw new OptionError('split', `The ${part} split is empty. Give it at least one row.`);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number;
      if (!Number.isInteger(row) || row < 0 || row >= size) {
        throw new OptionError(
          'split',
          `${part}[${i}] is ${row}, which is not a row of the table (0 to ${size - 1}).`,
        );
      }
      if (used.has(row)) {
        throw new OptionError('split', `Row ${row} occurs twice in the split. List every row once at most.`);
      }
      used.add(row);
    }
  }
  return { train: Int32Array.from(split.train), test: Int32Array.from(split.test) };
}

function roundUp(fraction: number): number {
  return Math.ceil(fraction * 1e4) / 1e4;
}
