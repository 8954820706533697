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

/** Blocks of so many rows, the last one with what is left. */
export function blocksOf(rows: number, size: number): RowBlock[] {
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

/**
 * The size of blocks of n samples whose gradients, of c outputs and d features, are all that is held of them:
 * they stay in the cache, and take no more than the weights of all pairs.
 */
export function gradientRowsAtOnce(n: number, c: number, d: number, element: number): number {
  const asWeights = 32 * Math.floor((n * n) / (32 * c * d));
  return Math.min(n, cacheBlockRows(c * d * element), Math.max(32, asWeights));
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

function sampleBlockRows(samples: number, width: number, element: number): number {
  return 8 * width <= samples ? samples : blockRows(samples, element * (samples + width));
}

/** Columns that a product is given at a time. */
const passColumns = 256;

/**
 * How many samples and outputs make a block of gradients of c outputs at n samples that are the centers. The
 * samples stay together where one output takes little beside their matrix, and as many outputs at a time as
 * do.
 */
export function gradientBlockSizes(
  n: number,
  c: number,
  d: number,
  element: number,
): { readonly samples: number; readonly outputs: number } {
  if (8 * d > n) return { samples: Math.min(n, blockRows(n, element * (n + c * d))), outputs: c };
  const atOnce = Math.floor(Math.min(n / 8, passColumns) / d);
  return { samples: n, outputs: Math.max(1, Math.min(c, atOnce)) };
}

/** Blocks of samples, and in each of them blocks of outputs, both as numbers of rows. */
export interface GradientBlocks {
  readonly samples: readonly RowBlock[];
  readonly outputs: readonly RowBlock[];
}

/**
 * Blocks for sums over gradients of c outputs with d features: those of {@link gradientBlockSizes} where the
 * samples are the centers and their matrix fits the memory, blocks of samples with all outputs elsewhere.
 */
export function gradientBlocks(
  backend: Backend,
  samples: Points,
  centers: Points,
  c: number,
  d: number,
): GradientBlocks {
  const { count } = samples;
  const dtype = floatDType(samples.coordinates);
  const isWhole = samePoints(samples, centers) && fitsInMemory(backend, count, dtype);
  if (!isWhole || backend.device.cacheBytes !== undefined) {
    return { samples: sampleBlocks(backend, samples, centers, c * d), outputs: blocksOf(c, c) };
  }
  const sizes = gradientBlockSizes(count, c, d, bytesPerElement(dtype));
  return { samples: blocksOf(count, sizes.samples), outputs: blocksOf(c, sizes.outputs) };
}
