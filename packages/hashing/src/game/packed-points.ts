import type { NodePoints } from './node-points.ts';

/**
 * The points of a node with some of their bits, in the order of a list of coordinates, packed in groups of 4
 * or 8: a group is a place in a table of what its bits add up to.
 */
export class PackedPoints {
  /** Number of points. */
  readonly count: number;
  /** The bits that were chosen, ascending; bit j below is that of coordinates[j]. */
  readonly coordinates: Int32Array;
  /** Bits of a group: 8 where there are many points, so that larger tables pay. */
  readonly width: 4 | 8;
  /** Groups of a point. */
  readonly groups: number;
  readonly #codes: Uint8Array;

  constructor({ bits, members, begin, end }: NodePoints, coordinates: Int32Array) {
    this.count = end - begin;
    this.coordinates = coordinates;
    this.width = this.count > 200 ? 8 : 4;
    this.groups = Math.ceil(coordinates.length / this.width);
    this.#codes = new Uint8Array(this.count * this.groups);
    const shift = this.width === 8 ? 3 : 2;
    for (let point = 0; point < this.count; point++) {
      const row = (members[begin + point] as number) * bits.wordsPerRow;
      const first = point * this.groups;
      for (let j = 0; j < coordinates.length; j++) {
        const i = coordinates[j] as number;
        const bit = ((bits.words[row + (i >>> 5)] as number) >>> (i & 31)) & 1;
        const at = first + (j >>> shift);
        this.#codes[at] = (this.#codes[at] as number) | (bit << (j & (this.width - 1)));
      }
    }
  }

  /** Bit j of a point. */
  bit(point: number, j: number): number {
    return this.width === 8
      ? ((this.#codes[point * this.groups + (j >>> 3)] as number) >>> (j & 7)) & 1
      : ((this.#codes[point * this.groups + (j >>> 2)] as number) >>> (j & 3)) & 1;
  }

  /**
   * The sum over the groups of a point of their entries in tables.
   *
   * @param tables [groups, 2^width], row-major
   */
  sum(point: number, tables: Float64Array): number {
    const size = 1 << this.width;
    let at = point * this.groups;
    let sum = 0;
    for (let table = 0; table < tables.length; table += size) {
      sum += tables[table + (this.#codes[at++] as number)] as number;
    }
    return sum;
  }
}
