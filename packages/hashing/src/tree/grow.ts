import type { BitMatrix } from '../bits/bit-matrix.ts';
import { drawIndex } from '../game/draw.ts';
import { type NodePoints, varyingBits } from '../game/node-points.ts';
import type { BitTree } from './tree.ts';

/** How a node chooses what it tests. */
export interface Growth {
  /** Nodes with at most so many points stay leaves. */
  readonly bucket: number;
  /** The distribution over tests at a node, [bits]. */
  readonly weights: (points: NodePoints) => Float64Array;
  /** The next random number in [0, 1). */
  readonly draw: () => number;
}

/** A part of the tree that is yet to be made. */
interface Pending {
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
  /** The node that it hangs on, or the leaf that it replaces. */
  readonly parent: number;
  /** On which side of the parent; undefined where the parent itself is to be split. */
  readonly side: 0 | 1 | undefined;
  /** Of the parent, where one of its sides is empty: not found anew then. */
  readonly inherited: Float64Array | undefined;
}

/**
 * Grows a tree under one of its leaves: depth first, bit 0 first. A node draws one bit from its distribution
 * and splits its points by it; it stays a leaf with `bucket` points or fewer, at a depth of as many tests as
 * there are bits, or where all its points are equal. Where one side is empty, the children take the same
 * distribution.
 *
 * @param leaf an empty leaf
 * @param members the points that it is to hold; reordered
 * @param depth number of tests above the leaf
 */
export function* growTree(
  tree: BitTree,
  leaf: number,
  bits: BitMatrix,
  members: Int32Array,
  growth: Growth,
  depth = 0,
): Generator<number, void> {
  const scratch = new Int32Array(members.length);
  const waiting: Pending[] = [
    { begin: 0, end: members.length, depth, parent: leaf, side: undefined, inherited: undefined },
  ];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const { begin, end, parent, side } = node;
    const at = side === undefined ? parent : tree.addLeaf();
    if (side !== undefined) tree.setChild(parent, side, at);
    const points: NodePoints = { bits, members, begin, end };
    if (end - begin <= growth.bucket || node.depth >= bits.bits || varyingBits(points).length === 0) {
      for (let k = begin; k < end; k++) tree.put(at, members[k] as number);
      yield end - begin;
      continue;
    }
    const weights = node.inherited ?? growth.weights(points);
    const coordinate = drawIndex(weights, growth.draw());
    tree.split(at, coordinate);
    const middle = partition(points, coordinate, scratch);
    const inherited = middle === begin || middle === end ? weights : undefined;
    const child = { depth: node.depth + 1, parent: at, inherited };
    waiting.push({ ...child, begin: middle, end, side: 1 }, { ...child, begin, end: middle, side: 0 });
  }
}

/** Moves the points whose bit is 0 to the front, in their order; says where the others begin. */
function partition(
  { bits, members, begin, end }: NodePoints,
  coordinate: number,
  scratch: Int32Array,
): number {
  const { words, wordsPerRow } = bits;
  const word = coordinate >>> 5;
  const shift = coordinate & 31;
  let zeros = begin;
  let ones = 0;
  for (let at = begin; at < end; at++) {
    const point = members[at] as number;
    const bit = ((words[point * wordsPerRow + word] as number) >>> shift) & 1;
    if (bit === 0) members[zeros++] = point;
    else scratch[ones++] = point;
  }
  members.set(scratch.subarray(0, ones), zeros);
  return zeros;
}
