import { randomArray } from '@agop/core';

/** Rows of bits in clusters around a few random rows. */
export function clusteredBits(rows: number, bits: number, seed = 1): Uint8Array[] {
  const centers = randomArray(8 * bits, 'uniform', { seed }, 'float64');
  const noise = randomArray(rows * bits, 'uniform', { seed, stream: 1 }, 'float64');
  return Array.from({ length: rows }, (_, row) =>
    Uint8Array.from({ length: bits }, (_, i) => {
      const bit = Number((centers[(row % 8) * bits + i] as number) < 0.5);
      return (noise[row * bits + i] as number) < 0.1 ? 1 - bit : bit;
    }),
  );
}

/** A row with some bits the other way round. */
export function flipped(row: Uint8Array, flips: readonly number[]): Uint8Array {
  return row.map((bit, i) => (flips.includes(i) ? 1 - bit : bit));
}
