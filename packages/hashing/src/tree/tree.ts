import type { BitMatrix } from '../bits/bit-matrix.ts';

/** A tree as arrays, for files and messages between threads. */
export interface TreeArrays {
  /** The bit that a node tests, or -1 for a leaf, [nodes]. A child comes after its parent. */
  readonly coordinate: Int32Array;
  /** The child for bit 0, or the first point of a leaf (-1: none), [nodes]. */
  readonly zero: Int32Array;
  /** The child for bit 1, or the number of points of a leaf, [nodes]. */
  readonly one: Int32Array;
  /** The next point in the leaf of a point (-1: none), [points]. */
  readonly next: Int32Array;
  /** How many random numbers the tree has drawn. */
  readonly drawn: number;
}

/** A binary tree of single-bit tests, with points in its leaves. Arrays grow by doubling. */
export class BitTree {
  #coordinate: Int32Array;
  #zero: Int32Array;
  #one: Int32Array;
  #next: Int32Array;
  #nodes: number;
  #points: number;

  constructor(arrays?: Omit<TreeArrays, 'drawn'>) {
    this.#coordinate = arrays?.coordinate ?? new Int32Array(64);
    this.#zero = arrays?.zero ?? new Int32Array(64);
    this.#one = arrays?.one ?? new Int32Array(64);
    this.#next = arrays?.next ?? new Int32Array(64);
    this.#nodes = arrays?.coordinate.length ?? 0;
    this.#points = arrays?.next.length ?? 0;
  }

  get nodes(): number {
    return this.#nodes;
  }

  /** Bytes that the arrays take. */
  get bytes(): number {
    return 12 * this.#coordinate.length + 4 * this.#next.length;
  }

  /** The bit that a node tests, or -1 for a leaf. */
  coordinate(node: number): number {
    return this.#coordinate[node] as number;
  }

  /** The child of an inner node. */
  child(node: number, bit: 0 | 1): number {
    return (bit === 0 ? this.#zero : this.#one)[node] as number;
  }

  /** Number of points of a leaf. */
  size(leaf: number): number {
    return this.#one[leaf] as number;
  }

  /** Points of a leaf, in the order in which they came. */
  points(leaf: number): Int32Array {
    const found = new Int32Array(this.size(leaf));
    let point = this.#zero[leaf] as number;
    for (let k = found.length - 1; k >= 0; k--) {
      found[k] = point;
      point = this.#next[point] as number;
    }
    return found;
  }

  /** Empties a leaf, and says what its points were. */
  empty(leaf: number): Int32Array {
    const points = this.points(leaf);
    this.#zero[leaf] = -1;
    this.#one[leaf] = 0;
    return points;
  }

  /** Makes an empty leaf, and says its number. */
  addLeaf(): number {
    const node = this.#nodes++;
    this.#coordinate = room(this.#coordinate, this.#nodes);
    this.#zero = room(this.#zero, this.#nodes);
    this.#one = room(this.#one, this.#nodes);
    this.#coordinate[node] = -1;
    this.#zero[node] = -1;
    this.#one[node] = 0;
    return node;
  }

  /** Makes an inner node of a leaf. Its points have to be put elsewhere, and its children to be named. */
  split(leaf: number, coordinate: number): void {
    this.#coordinate[leaf] = coordinate;
    this.#zero[leaf] = -1;
    this.#one[leaf] = -1;
  }

  /** Names a child of an inner node. */
  setChild(node: number, bit: 0 | 1, child: number): void {
    (bit === 0 ? this.#zero : this.#one)[node] = child;
  }

  /** Puts a point into a leaf. */
  put(leaf: number, point: number): void {
    this.#points = Math.max(this.#points, point + 1);
    this.#next = room(this.#next, this.#points);
    this.#next[point] = this.#zero[leaf] as number;
    this.#zero[leaf] = point;
    this.#one[leaf] = (this.#one[leaf] as number) + 1;
  }

  /** The leaf of a row of bits, and how many tests led to it. */
  walk(bits: BitMatrix, row: number): { readonly leaf: number; readonly tests: number } {
    const begin = row * bits.wordsPerRow;
    let node = 0;
    let tests = 0;
    for (;;) {
      const bit = this.#coordinate[node] as number;
      if (bit < 0) return { leaf: node, tests };
      const isSet = ((bits.words[begin + (bit >>> 5)] as number) >>> (bit & 31)) & 1;
      node = (isSet === 0 ? this.#zero : this.#one)[node] as number;
      tests += 1;
    }
  }

  /** Copies of what is in use. */
  arrays(): Omit<TreeArrays, 'drawn'> {
    return {
      coordinate: this.#coordinate.slice(0, this.#nodes),
      zero: this.#zero.slice(0, this.#nodes),
      one: this.#one.slice(0, this.#nodes),
      next: this.#next.slice(0, this.#points),
    };
  }
}

function room(array: Int32Array, length: number): Int32Array {
  if (length <= array.length) return array;
  const larger = new Int32Array(Math.max(length, 2 * array.length));
  larger.set(array);
  return larger;
}
