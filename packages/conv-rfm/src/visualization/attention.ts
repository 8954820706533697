import { ShapeError } from '@agop/core';
import type { TransformSnapshot } from '../estimators/trained.ts';

/** A picture of one channel: row-major. */
export interface GreyPicture {
  readonly data: Float64Array;
  readonly height: number;
  readonly width: number;
}

/** One image: row-major, channels last. */
export interface SingleImage {
  readonly data: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** What a ConvRFM makes of an image. */
export interface AttentionPictures {
  /** Length of the transformed patch around each pixel: bright where the model looks. Zeros are outside of the image. */
  readonly strength: GreyPicture;
  /** The transformed patches put back into the image, overlapping ones averaged: what is left of the image for the model. */
  readonly seen: {
    readonly data: Float64Array;
    readonly height: number;
    readonly width: number;
    readonly channels: number;
  };
}

/**
 * An image through a learned patch metric. Each patch u is multiplied by the transform B: its length |u B| says how much the kernel gets to see
 * there, and the patches themselves, laid over each other again, what it is.
 *
 * @throws {ShapeError} where the image does not have the channels of the snapshot
 */
export function attentionPictures(
  { patchSize, channels, transform }: Pick<TransformSnapshot, 'patchSize' | 'channels' | 'transform'>,
  image: SingleImage,
): AttentionPictures {
  if (image.channels !== channels) {
    throw new ShapeError(`The image has ${image.channels} channels, but the patches have ${channels}.`);
  }
  const { height, width } = image;
  const d = patchSize * patchSize * channels;
  const before = Math.floor((patchSize - 1) / 2);
  const strength = new Float64Array(height * width);
  const sums = new Float64Array(height * width * channels);
  const counts = new Float64Array(height * width);
  const patch = new Float64Array(d);
  const changed = new Float64Array(d);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      eachEntry(patchSize, channels, (entry, row, column, channel) => {
        patch[entry] = pixelAt(image, y + row - before, x + column - before, channel);
      });
      multiply(patch, transform, changed);
      strength[y * width + x] = Math.sqrt(changed.reduce((sum, value) => sum + value * value, 0));
      eachEntry(patchSize, channels, (entry, row, column, channel) => {
        const [toY, toX] = [y + row - before, x + column - before];
        if (toY < 0 || toY >= height || toX < 0 || toX >= width) return;
        const pixel = toY * width + toX;
        sums[pixel * channels + channel] =
          (sums[pixel * channels + channel] as number) + (changed[entry] as number);
        if (channel === 0) counts[pixel] = (counts[pixel] as number) + 1;
      });
    }
  }
  const seen = sums.map((value, at) => value / Math.max(1, counts[Math.floor(at / channels)] as number));
  return { strength: { data: strength, height, width }, seen: { data: seen, height, width, channels } };
}

function eachEntry(
  size: number,
  channels: number,
  visit: (entry: number, row: number, column: number, channel: number) => void,
): void {
  let entry = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      for (let channel = 0; channel < channels; channel++) visit(entry++, row, column, channel);
    }
  }
}

function pixelAt(
  { data, height, width, channels }: SingleImage,
  y: number,
  x: number,
  channel: number,
): number {
  if (y < 0 || y >= height || x < 0 || x >= width) return 0;
  return data[(y * width + x) * channels + channel] as number;
}

/** out = row times matrix. */
function multiply(row: Float64Array, matrix: Float64Array, out: Float64Array): void {
  const d = row.length;
  out.fill(0);
  for (let i = 0; i < d; i++) {
    const factor = row[i] as number;
    if (factor === 0) continue;
    for (let j = 0; j < d; j++) out[j] = (out[j] as number) + factor * (matrix[i * d + j] as number);
  }
}
