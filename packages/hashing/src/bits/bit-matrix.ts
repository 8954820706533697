import { DTypeError, ShapeError, shownValue, ValueError } from '@agop/core';
import { checkNumbers, checkWhole } from '@agop/core/options';

/** Rows of bits as users hand them over: numbers 0 and 1, or truth values. */
export type BitRows = readonly (ArrayLike<number> | readonly boolean[])[];

/** Bits as users hand them over. */
export type BitInput = BitMatrix | BitRows;

/**
 * Rows of bits, packed: bit i of a row is bit i mod 32 of its word ⌊i / 32⌋, and bits beyond the last one are
 * 0. A row of 256 bits takes 32 bytes.
 */
export class BitMatrix {
  /** Number of rows. */
  readonly rows: number;
  /** Number of bits in a row. */
  readonly bits: number;
  /** Number of words that a row takes, ⌈bits / 32⌉. */
  readonly wordsPerRow: number;
  /** Row after row, [rows, wordsPerRow]. */
  readonly words: Uint32Array;

  /**
   * @param words row after row, [rows, ⌈bits / 32⌉]; kept, not copied
   * @throws {OptionError} for a number of bits below 1
   * @throws {DTypeError} for words of another kind
   * @throws {ShapeError} for words that do not make whole rows
   * @throws {ValueError} for a bit that is set beyond the last one
   */
  constructor(words: Uint32Array, bits: number) {
    this.bits = checkWhole('bits', bits, 1, 2 ** 24);
    if (!(words instanceof Uint32Array)) {
      throw new DTypeError(`words must be a Uint32Array, but is ${shownValue(words)}.`);
    }
    this.wordsPerRow = Math.ceil(bits / 32);
    this.words = words;
    this.rows = words.length / this.wordsPerRow;
    if (!Number.isInteger(this.rows)) {
      throw new ShapeError(
        `${words.length} words do not make rows of ${bits} bits, which take ${this.wordsPerRow} words each.`,
      );
    }
    const rest = bits % 32;
    if (rest === 0) return;
    for (let row = 0; row < this.rows; row++) {
      if ((words[(row + 1) * this.wordsPerRow - 1] as number) >>> rest === 0) continue;
      throw new ValueError(`Row ${row} has a bit set beyond bit ${bits - 1}, its last one.`, { row });
    }
  }

  /**
   * Packs rows of 0 and 1, or of truth values.
   *
   * @param bits number of bits in a row; default that of the first row, and needed where there is none
   * @throws {ShapeError} for rows of different length, or without bits
   * @throws {ValueError} for a value that is no bit, with its row and column
   */
  static pack(rows: BitRows, bits: number = rows?.[0]?.length ?? 0): BitMatrix {
    const expected = 'Bits must be rows, an array of arrays of 0 and 1, or a BitMatrix';
    if (!Array.isArray(rows)) throw new ShapeError(`${expected}.`);
    if (bits !== 0) checkWhole('bits', bits, 1, 2 ** 24);
    else throw new ShapeError('The rows have no bits. Say how many there are where there is no row.');
    const wordsPerRow = Math.ceil(bits / 32);
    // Before memory is taken for what is no row.
    for (let row = 0; row < rows.length; row++) {
      const values: unknown = rows[row];
      if (!Array.isArray(values) && !ArrayBuffer.isView(values)) {
        throw new ShapeError(`${expected}, but row ${row} is ${shownValue(values)}.`);
      }
    }
    const words = new Uint32Array(rows.length * wordsPerRow);
    for (const [row, values] of rows.entries()) {
      if (values.length !== bits) {
        throw new ShapeError(`Row ${row} has ${values.length} bits, but ${bits} are expected.`);
      }
      const begin = row * wordsPerRow;
      for (let i = 0; i < bits; i++) {
        const value = values[i];
        if (value === 0 || value === false) continue;
        if (value !== 1 && value !== true) {
          const position = { row, column: i };
          throw new ValueError(
            `Row ${row} has ${shownValue(value)} at bit ${i}, which is neither 0 nor 1.`,
            position,
          );
        }
        const at = begin + (i >>> 5);
        words[at] = (words[at] as number) | (1 << (i & 31));
      }
    }
    return new BitMatrix(words, bits);
  }

  /** A bit, 0 or 1; 0 where there is none. */
  get(row: number, bit: number): 0 | 1 {
    return (((this.words[row * this.wordsPerRow + (bit >>> 5)] as number) >>> (bit & 31)) & 1) as 0 | 1;
  }

  /**
   * Some rows, in the order given.
   *
   * @throws {OptionError} for rows that are no numbers
   * @throws {ShapeError} for a row that there is not
   */
  take(rows: ArrayLike<number>): BitMatrix {
    const { wordsPerRow } = this;
    checkNumbers('rows', rows);
    const words = new Uint32Array(rows.length * wordsPerRow);
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k] as number;
      if (!(Number.isSafeInteger(row) && row >= 0 && row < this.rows)) {
        throw new ShapeError(`There is no row ${row}, but ${this.rows} rows from 0.`);
      }
      const begin = row * wordsPerRow;
      words.set(this.words.subarray(begin, begin + wordsPerRow), k * wordsPerRow);
    }
    return new BitMatrix(words, this.bits);
  }

  /** Number of bits in which two rows differ. */
  distance(row: number, other: BitMatrix, otherRow: number): number {
    const { wordsPerRow } = this;
    let count = 0;
    let a = row * wordsPerRow;
    let b = otherRow * wordsPerRow;
    for (let k = 0; k < wordsPerRow; k++) {
      count += ones((this.words[a++] as number) ^ (other.words[b++] as number));
    }
    return count;
  }
}

/** Packs what is not packed yet. */
export function toBitMatrix(input: BitInput, bits?: number): BitMatrix {
  return input instanceof BitMatrix ? input : BitMatrix.pack(input, bits);
}

/** Number of ones in a word. */
function ones(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
