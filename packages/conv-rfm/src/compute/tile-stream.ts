import { eventLoopTurn, type Tensor, throwIfAborted } from '@agop/core';
import { checkCallback } from '@agop/core/options';
import { type ImageRange, imageRanges } from './blocks.ts';
import { type ComputeOptions, streamSizes } from './budget.ts';
import type { ImageBlocks } from './image-blocks.ts';
import { type TileBlock, type TileKernel, tileValues } from './tiles.ts';

/** Milliseconds between turns of the event loop. */
const patience = 100;

/**
 * Computes a kernel for pairs of images tile by tile. Blocks of the left side are kept prepared in groups;
 * against each group all blocks of the right side are run.
 *
 * @param right undefined for the left side itself: then only tiles that reach the diagonal or lie below it
 *   are computed
 * @param use gets each tile [left, right] and its place; the tile is freed afterwards
 */
export async function streamTiles(
  tileKernel: TileKernel,
  left: ImageBlocks,
  right: ImageBlocks | undefined,
  use: (tile: Tensor, rows: ImageRange, columns: ImageRange) => void,
  options: ComputeOptions,
): Promise<void> {
  const sizes = streamSizes(tileKernel, options);
  const rows = imageRanges(left.count, sizes.block);
  const columns = imageRanges((right ?? left).count, sizes.block);
  const total = rows.reduce(
    (sum, row) => sum + columns.filter((column) => needed(row, column, right)).length,
    0,
  );
  let done = 0;
  const pace = new Pace(options);
  for (let begin = 0; begin < rows.length; begin += sizes.kept) {
    const group = rows.slice(begin, begin + sizes.kept);
    const prepared = new Map<ImageRange, TileBlock>();
    try {
      for (const row of group) prepared.set(row, left.prepareTile(row));
      for (const [index, column] of columns.entries()) {
        const users = group.filter((row) => needed(row, column, right));
        if (users.length === 0) continue;
        const known = right ? undefined : prepared.get(rows[index] as ImageRange);
        using made = known ? undefined : (right ?? left).prepareTile(column);
        for (const row of users) {
          const x = prepared.get(row) as TileBlock;
          using tile = tileValues(tileKernel, x, (known ?? made) as TileBlock);
          use(tile, row, column);
          done += 1;
          await pace.turn(done / total, tile);
        }
      }
    } finally {
      for (const block of prepared.values()) block[Symbol.dispose]();
    }
  }
}

function needed(row: ImageRange, column: ImageRange, right: ImageBlocks | undefined): boolean {
  return right !== undefined || column.begin <= row.begin;
}

/** Gives the event loop a turn now and then, reports progress, and stops the work when it is aborted. */
export class Pace {
  readonly #options: ComputeOptions;
  #last = performance.now();

  constructor(options: ComputeOptions) {
    checkCallback('onProgress', options.onProgress);
    this.#options = options;
  }

  /** @param latest a tensor whose computation comes last: reading it waits for devices that run behind */
  async turn(fraction: number, latest: Tensor): Promise<void> {
    const { onProgress, signal } = this.#options;
    throwIfAborted(signal, 'The computation');
    if (performance.now() - this.#last < patience && fraction < 1) return;
    await latest.read();
    onProgress?.(fraction);
    await eventLoopTurn();
    throwIfAborted(signal, 'The computation');
    this.#last = performance.now();
  }
}
