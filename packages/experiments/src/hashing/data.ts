import { ShapeError } from '@agop/core';
import type { ImageSet } from '@agop/data';
import { BitMatrix } from '@agop/hashing';
import { dataSettings, type HashingRunSettings } from './settings.ts';

/** Bits of images. */
export interface HashingData {
  /** For people. */
  readonly name: string;
  readonly points: BitMatrix;
  /** What the bits of a point are: [height, width, channels]. */
  readonly grid: readonly [number, number, number];
}

/** Images of more than one channel are averaged over squares of this side first, as in the paper. */
const side = 4;

/**
 * One bit for each value of an image: whether it reaches the threshold. Images with several channels become
 * smaller first, each value the mean of a square of 4 x 4.
 *
 * @throws {ShapeError} for images of several channels whose sides are no multiples of 4
 */
export function bitsOfImages(images: ImageSet, settings: HashingRunSettings): HashingData {
  const { threshold } = dataSettings(settings);
  const [count, height, width, channels] = images.shape;
  const step = channels === 1 ? 1 : side;
  if (height % step !== 0 || width % step !== 0) {
    throw new ShapeError(
      `Images of ${height} x ${width} cannot be averaged over squares of ${step} x ${step}.`,
    );
  }
  const grid = [height / step, width / step, channels] as const;
  const bits = grid[0] * grid[1] * grid[2];
  const rows = Array.from({ length: count }, (_, image) => {
    const row = new Float64Array(bits);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < channels; c++) {
          const from = ((image * height + y) * width + x) * channels + c;
          const to = (Math.floor(y / step) * grid[1] + Math.floor(x / step)) * channels + c;
          row[to] = (row[to] as number) + (images.data[from] as number);
        }
      }
    }
    // Pixels are shares of 255 in an ImageSet.
    return Uint8Array.from(row, (sum) => Number((255 * sum) / step ** 2 >= threshold - 1e-6));
  });
  return { name: settings.data, points: BitMatrix.pack(rows), grid };
}
