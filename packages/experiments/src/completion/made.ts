import { randomArray, randomPermutation, subkey } from '@agop/core';
import { checkMembers, checkNumbers, checkWhole } from '@agop/core/options';
import type { KnownEntries } from './complete.ts';
import { checkKnown } from './complete.ts';

/** A matrix that was made, with some of its entries known. */
export interface MadeMatrix {
  readonly known: KnownEntries;
  /** All entries, [size, size]. */
  readonly whole: Float64Array;
}

/**
 * A square matrix U Vᵀ of low rank with normal factors, scaled to mean square 1, and known entries drawn
 * without replacement: the setting of arXiv 2401.04553.
 *
 * @throws {OptionError} for numbers that are not whole, or more known entries than there are
 */
export function madeMatrix(size: number, rank: number, known: number, seed: number): MadeMatrix {
  checkWhole('size', size, 1, 2 ** 12);
  checkWhole('rank', rank, 1, size);
  checkWhole('known', known, 1, size * size);
  const left = randomArray(size * rank, 'normal', subkey(seed, 'made-matrix', 0), 'float64');
  const right = randomArray(size * rank, 'normal', subkey(seed, 'made-matrix', 1), 'float64');
  const whole = new Float64Array(size * size);
  let squares = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let entry = 0;
      for (let k = 0; k < rank; k++)
        entry += (left[i * rank + k] as number) * (right[j * rank + k] as number);
      whole[i * size + j] = entry;
      squares += entry * entry;
    }
  }
  const scale = size / Math.sqrt(squares);
  for (let at = 0; at < whole.length; at++) whole[at] = (whole[at] as number) * scale;
  const places = randomPermutation(size * size, subkey(seed, 'made-matrix', 2)).subarray(0, known);
  return {
    whole,
    known: {
      rows: size,
      columns: size,
      row: places.map((at) => Math.floor(at / size)),
      column: places.map((at) => at % size),
      value: Float64Array.from(places, (at) => whole[at] as number),
    },
  };
}

/**
 * Mean squared error over the entries that are not known.
 *
 * @throws {OptionError} for anything but a made matrix and as many numbers
 */
export function unknownError(made: MadeMatrix, matrix: Float64Array): number {
  checkMembers('unknownError()', made, { known: 'object', whole: 'numbers' });
  const { known, whole } = made;
  checkKnown(known);
  checkNumbers('matrix', matrix, whole.length);
  const isKnown = new Uint8Array(whole.length);
  for (let k = 0; k < known.value.length; k++) {
    isKnown[(known.row[k] as number) * known.columns + (known.column[k] as number)] = 1;
  }
  let sum = 0;
  for (let at = 0; at < whole.length; at++) {
    if (isKnown[at] === 0) sum += ((matrix[at] as number) - (whole[at] as number)) ** 2;
  }
  return sum / (whole.length - known.value.length);
}
