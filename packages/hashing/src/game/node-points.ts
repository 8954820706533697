import type { BitMatrix } from '../bits/bit-matrix.ts';

/** The points of a node: rows `members[begin … end)` of a matrix of bits. */
export interface NodePoints {
  readonly bits: BitMatrix;
  readonly members: Int32Array;
  readonly begin: number;
  readonly end: number;
}

/** The bits that are not the same in all points of a node, ascending. */
export function varyingBits({ bits, members, begin, end }: NodePoints): Int32Array {
  const { words, wordsPerRow } = bits;
  const varying: number[] = [];
  for (let k = 0; k < wordsPerRow; k++) {
    let and = -1;
    let or = 0;
    for (let at = begin; at < end; at++) {
      const word = words[(members[at] as number) * wordsPerRow + k] as number;
      and &= word;
      or |= word;
    }
    for (let differ = or & ~and; differ !== 0; differ &= differ - 1) {
      varying.push(32 * k + 31 - Math.clz32(differ & -differ));
    }
  }
  return Int32Array.from(varying);
}

/** For every bit, how many points of a node have it set, [bits]. */
export function countOnes({ bits, members, begin, end }: NodePoints): Int32Array {
  const { words, wordsPerRow } = bits;
  const counts = new Int32Array(32 * wordsPerRow);
  for (let at = begin; at < end; at++) {
    const row = (members[at] as number) * wordsPerRow;
    for (let k = 0; k < wordsPerRow; k++) {
      for (let word = words[row + k] as number; word !== 0; word &= word - 1) {
        const bit = 32 * k + 31 - Math.clz32(word & -word);
        counts[bit] = (counts[bit] as number) + 1;
      }
    }
  }
  return counts.subarray(0, bits.bits);
}

/**
 * What a test of bit i gains for points whose bit is b: u_i(b) = n_{i,b}^-ρ, with n_{i,b} of the node's
 * points on that side; 0 where there is none. [bits, 2], row-major.
 *
 * Source: Andoni & Beaglehole 2022 (arXiv 2108.05433), the payoff of the game at a node.
 */
export function testValues(points: NodePoints, rho: number): Float64Array {
  const total = points.end - points.begin;
  const ones = countOnes(points);
  const values = new Float64Array(2 * ones.length);
  ones.forEach((count, i) => {
    if (count < total) values[2 * i] = (total - count) ** -rho;
    if (count > 0) values[2 * i + 1] = count ** -rho;
  });
  return values;
}
