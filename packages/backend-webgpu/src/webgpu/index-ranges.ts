import { ShapeError } from '@agop/core';
import type { Block } from '../device/block.ts';

interface Range {
  readonly smallest: number;
  readonly largest: number;
}

/**
 * Remembers the range of index lists that came from the host, so that one out of range is found where it is
 * used: on the device nobody can say so without waiting for it.
 */
export class IndexRanges {
  readonly #ranges = new WeakMap<Block, Range>();

  remember(block: Block, data: ArrayLike<number>): void {
    let [smallest, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < data.length; i++) {
      const value = data[i] as number;
      if (value < smallest) smallest = value;
      if (value > largest) largest = value;
    }
    this.#ranges.set(block, { smallest, largest });
  }

  /** @throws {ShapeError} if a remembered list does not fit a matrix with so many rows */
  check(block: Block, rows: number): void {
    const range = this.#ranges.get(block);
    if (!range) return;
    const wrong = range.smallest < 0 ? range.smallest : range.largest;
    if (wrong < 0 || wrong >= rows) {
      throw new ShapeError(`gather: index ${wrong} is not a row of a matrix with ${rows} rows.`);
    }
  }
}
