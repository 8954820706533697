import { FormatError, ValueError } from '@agop/core';
import { checkWhole } from '@agop/core/options';
import * as z from 'zod/mini';
import { type Bytes, readBytes } from '../bytes/gunzip.ts';
import type { RowSplit } from './split-rows.ts';

const rowNumbers = z.array(z.int().check(z.nonnegative()));
const pair = z.object({ train: rowNumbers, test: rowNumbers });
const foldsFile = z.union([
  z.object({ tuning: z.optional(pair), splits: z.array(pair).check(z.minLength(1)) }),
  z.object({ testFold: z.array(z.int().check(z.nonnegative())).check(z.minLength(1)) }),
]);

/** Divisions of a table's rows that come with it. */
export interface Folds {
  /** Division for choosing hyper-parameters, if there is one. */
  readonly tuning: RowSplit | undefined;
  /** Divisions for measuring, one or more. */
  readonly splits: readonly RowSplit[];
}

/**
 * Reads a folds file: JSON (gzip allowed), either
 * `{ "tuning"?: { train, test }, "splits": [{ train, test }, …] }` with row numbers from 0, or
 * `{ "testFold": [f0, f1, …] }`, for each row the number of the split that tests on it.
 *
 * @param rows number of rows of the table, to check the row numbers against
 * @throws {FormatError} if it is another kind of file
 * @throws {ValueError} if a row number does not exist, or occurs twice in a division
 * @throws {OptionError} for a number of rows that is none
 */
export async function readFolds(source: Bytes, rows: number, name = 'folds file'): Promise<Folds> {
  const text = new TextDecoder().decode(await readBytes(source, name));
  return parseFolds(text, rows, name);
}

/**
 * As {@link readFolds}, from text.
 *
 * @throws {FormatError} as {@link readFolds}
 * @throws {ValueError} as {@link readFolds}
 * @throws {OptionError} as {@link readFolds}
 */
export function parseFolds(text: string, rows: number, name = 'folds file'): Folds {
  checkWhole('rows', rows, 0, 2 ** 31);
  const file = parseFile(text, name);
  const folds = 'testFold' in file ? fromTestFold(file.testFold, rows, name) : fromPairs(file);
  for (const [i, split] of folds.splits.entries()) checkSplit(split, rows, `${name}, split ${i}`);
  if (folds.tuning !== undefined) checkSplit(folds.tuning, rows, `${name}, tuning split`);
  return folds;
}

function parseFile(text: string, name: string): z.infer<typeof foldsFile> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`${name} is not a folds file: it is not JSON.`, { cause });
  }
  const result = foldsFile.safeParse(json);
  if (result.success) return result.data;
  throw new FormatError(
    `${name} is not a folds file: an object with 'splits' (pairs of train and test) or 'testFold' is needed.`,
    { cause: result.error },
  );
}

function fromPairs(file: {
  tuning?: z.infer<typeof pair> | undefined;
  splits: z.infer<typeof pair>[];
}): Folds {
  const split = ({ train, test }: z.infer<typeof pair>): RowSplit => ({
    train: Int32Array.from(train),
    test: Int32Array.from(test),
  });
  return {
    tuning: file.tuning === undefined ? undefined : split(file.tuning),
    splits: file.splits.map(split),
  };
}

function fromTestFold(testFold: readonly number[], count: number, name: string): Folds {
  if (testFold.length !== count) {
    throw new ValueError(`${name} is for a table of ${testFold.length} rows, but this one has ${count}.`);
  }
  const rows = Int32Array.from(testFold, (_, row) => row);
  const splitCount = testFold.reduce((largest, fold) => Math.max(largest, fold), 0) + 1;
  if (splitCount > count)
    throw new ValueError(`${name} names split ${splitCount - 1}, more than there are rows.`);
  const splits = Array.from({ length: splitCount }, (_, fold) => ({
    train: rows.filter((row) => testFold[row] !== fold),
    test: rows.filter((row) => testFold[row] === fold),
  }));
  return { tuning: undefined, splits };
}

function checkSplit(split: RowSplit, rows: number, what: string): void {
  const seen = new Uint8Array(rows);
  for (const part of [split.train, split.test]) {
    if (part.length === 0) throw new ValueError(`${what}: one of its two parts is empty.`);
    for (const row of part) {
      if (row >= rows) throw new ValueError(`${what} names row ${row}, but the table has only ${rows} rows.`);
      if (seen[row] === 1) throw new ValueError(`${what} names row ${row} twice.`, { row });
      seen[row] = 1;
    }
  }
}
