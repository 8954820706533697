import { type Backend, bytesPerElement, floatDType } from '@agop/core';
import { fitsInMemory } from './fits.ts';
import { type Points, samePoints } from './points.ts';

/** Rows `begin` (included) to `end` (excluded). */
export interface RowBlock {
  readonly begin: number;
  readonly end: number;
}

/** Splitting blocks of this size further saves no memory worth having. */
const smallBlockBytes = 16 * 2 ** 20;

/**
 * Splits rows into blocks whose intermediate results stay small: within 16 MiB, or an eighth of the rows and
 * at most 512 of them; at least 32 rows, to keep products efficient.
 *
 * @param rowBytes what an algorithm holds per row of a block
 */
export function rowBlocks(rows: number, rowBytes: number): RowBlock[] {
  return blocksOf(rows, blockRows(rows, rowBytes));
}

/** The size of the blocks of {@link rowBlocks}. */
export function blockRows(rows: number, rowBytes: number): number {
  return Math.max(32, Math.floor(smallBlockBytes / rowBytes), Math.min(512, Math.ceil(rows / 8)));
}

function blocksOf(rows: number, size: number): RowBlock[] {
  const blocks: RowBlock[] = [];
  for (let begin = 0; begin < rows; begin += size) blocks.push({ begin, end: Math.min(begin + size, rows) });
  return blocks;
}

/** What stays in the cache that all cores share. */
const cacheBytes = 8 * 2 ** 20;

/**
 * Splits rows into blocks whose intermediate results stay in the cache, for work that passes over them
 * several times: about 8 MiB, in multiples of 32 rows.
 *
 * @param rowBytes what an algorithm holds per row of a block
 */
export function cacheBlocks(rows: number, rowBytes: number): RowBlock[] {
  return blocksOf(rows, cacheBlockRows(rowBytes));
}

/** The size of the blocks of {@link cacheBlocks}. */
export function cacheBlockRows(rowBytes: number): number {
  return Math.max(32, 32 * Math.floor(cacheBytes / (32 * rowBytes)));
}

/** Part of a device's cache for the intermediate results of a block; the centers are in it as well. */
const deviceCacheShare = 0.7;
/** Rows of the tiles of a device's products. */
const deviceTile = 64;

/**
 * Blocks of samples for something that holds a block × m matrix and `width` numbers more per sample. Where
 * the samples are the centers, and `width` is small against m, they stay together: their matrix is symmetric,
 * so that half of it has to be computed, and it takes what the kernel matrix took in the fit, if that was
 * formed. On a device
 * that says how large its cache is, blocks stay in that instead: there, what passes through the memory takes
 * longer than the other half.
 */
export function sampleBlocks(backend: Backend, samples: Points, centers: Points, width: number): RowBlock[] {
  const { count } = samples;
  const { cacheBytes } = backend.device;
  const bytes = bytesPerElement(samples.coordinates.dtype);
  if (cacheBytes !== undefined) {
    const rows = (deviceCacheShare * cacheBytes) / (bytes * (centers.count + width));
    return blocksOf(count, Math.max(1, Math.floor(rows / deviceTile)) * deviceTile);
  }
  return samePoints(samples, centers) && fitsInMemory(backend, count, floatDType(samples.coordinates))
    ? blocksOf(count, sampleBlockRows(count, width, bytes))
    : rowBlocks(count, bytes * (centers.count + width));
}

/** The size of the blocks of {@link sampleBlocks} where the samples are the centers. */
export function sampleBlockRows(samples: number, width: number, element: number): number {
  return 8 * width <= samples ? samples : blockRows(samples, element * (samples + width));
}
