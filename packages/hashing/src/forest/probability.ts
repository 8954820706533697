import type { BitMatrix } from '../bits/bit-matrix.ts';
import type { BitTree } from '../tree/tree.ts';

/** The bits that are tested on the way of a point. */
export function pathBits(tree: BitTree, bits: BitMatrix, point: number): Set<number> {
  const tested = new Set<number>();
  let node = 0;
  for (let bit = tree.coordinate(node); bit >= 0; bit = tree.coordinate(node)) {
    tested.add(bit);
    node = tree.child(node, bits.get(point, bit));
  }
  return tested;
}

/** Probability that `wrong` bits drawn out of all without replacement are none of `tests` given ones. */
export function allRight(bits: number, tests: number, wrong: number): number {
  let probability = 1;
  for (let k = 0; k < wrong; k++) probability *= Math.max(0, bits - tests - k) / (bits - k);
  return probability;
}
