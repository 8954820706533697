import { bytesPerElement, type FloatDType } from '@agop/core';
import { type FieldGeometry, positionsOf } from '../images/geometry.ts';

/** Images `begin` (included) to `end` (excluded). */
export interface ImageRange {
  readonly begin: number;
  readonly end: number;
}

/** Blocks of `size` images, the last one ragged. */
export function imageRanges(count: number, size: number): ImageRange[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => ({
    begin: i * size,
    end: Math.min(count, (i + 1) * size),
  }));
}

/** Images in a block come in multiples of this: the width of the products' inner loops. */
const step = 16;
/** Largest block: beyond it tiles only grow. */
const largest = 512;

/** Largest block that long patches ask for. */
const longPatches = 64;

/**
 * Images per block, so that one field of a tile (positions · block²) fills about `tileBytes`: small enough
 * for a CPU's cache, large enough to keep a GPU busy. Where patches are long, their products take most of the
 * time, and larger blocks read them less often.
 */
export function blockSize(geometry: FieldGeometry, dtype: FloatDType, tileBytes: number): number {
  const positions = positionsOf(geometry);
  const side = Math.sqrt(tileBytes / (positions * bytesPerElement(dtype)));
  const wanted = Math.max(
    side,
    tileBytes >= smallestTile ? Math.min(longPatches, geometry.patchLength / 8) : 0,
  );
  return Math.min(largest, Math.max(step, Math.round(wanted / step) * step));
}

/** Below this the caller wants small tiles, whatever they cost. */
const smallestTile = 2 ** 16;

/** Pairs of images times positions that the fused operation computes at once: some tenths of a second. */
const fusedTile = 2 ** 24;

/** Images per block for the fused operation, which holds no fields: preparing them then counts little. */
export function fusedBlockSize(geometry: FieldGeometry): number {
  const positions = positionsOf(geometry);
  return Math.min(largest, Math.max(step, Math.round(Math.sqrt(fusedTile / positions) / step) * step));
}
