import { OptionError, ShapeError } from '@agop/core';
import { checkNumbers } from '@agop/core/options';
import { type MatrixInput, toHostMatrix } from '@agop/estimators';
import { BitMatrix } from '../bits/bit-matrix.ts';

/**
 * Bits of numbers: 1 where a number reaches the threshold.
 *
 * @param x [n, d]
 * @param threshold one for all columns, or one for each, [d]
 * @returns [n, d] bits
 * @throws {ValueError} for NaN or infinite values, ragged or empty data
 * @throws {OptionError} for thresholds that are no numbers
 * @throws {ShapeError} for another number of thresholds than columns
 */
export async function thresholdBits(
  x: MatrixInput,
  threshold: number | ArrayLike<number>,
): Promise<BitMatrix> {
  const { data, rows, columns } = await toHostMatrix(x, 'X');
  if (typeof threshold !== 'number' && checkNumbers('threshold', threshold).length !== columns) {
    throw new ShapeError(`There are ${threshold.length} thresholds, but X has ${columns} columns.`);
  }
  const limits = typeof threshold === 'number' ? [threshold] : Array.from(threshold);
  if (limits.some(Number.isNaN)) {
    throw new OptionError('threshold', { requirement: 'be a number, or numbers', received: Number.NaN });
  }
  return packRows(rows, columns, (row, j) => {
    const limit = typeof threshold === 'number' ? threshold : (threshold[j] as number);
    return (data[row * columns + j] as number) >= limit;
  });
}

/** Packs what a function says of each row and bit. */
export function packRows(
  rows: number,
  bits: number,
  isSet: (row: number, bit: number) => boolean,
): BitMatrix {
  const wordsPerRow = Math.ceil(bits / 32);
  const words = new Uint32Array(rows * wordsPerRow);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < bits; i++) {
      if (!isSet(row, i)) continue;
      const at = row * wordsPerRow + (i >>> 5);
      words[at] = (words[at] as number) | (1 << (i & 31));
    }
  }
  return new BitMatrix(words, bits);
}
