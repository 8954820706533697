import { ShapeError } from '@agop/core';

interface Range {
  readonly smallest: number;
  readonly largest: number;
}

/**
 * Remembers the range of index lists that came from the host, so that one out of range is found where it is
 * used: on the device nobody can say so without waiting for it.
 */
export class IndexRanges {
  readonly #ranges = new Map<number, Range>();

  remember(buffer: number, data: ArrayLike<number>): void {
    let [smallest, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < data.length; i++) {
      const value = data[i] as number;
      if (value < smallest) smallest = value;
      if (value > largest) largest = value;
    }
    this.#ranges.set(buffer, { smallest, largest });
  }

  forget(buffer: number): void {
    this.#ranges.delete(buffer);
  }

  /** @throws {ShapeError} if a remembered list does not fit a matrix with so many rows */
  check(buffer: number, rows: number): void {
    const range = this.#ranges.get(buffer);
    if (!range) return;
    const wrong = range.smallest < 0 ? range.smallest : range.largest;
    if (wrong < 0 || wrong >= rows) {
      throw new ShapeError(`gather: index ${wrong} is not a row of a matrix with ${rows} rows.`);
    }
  }
}
