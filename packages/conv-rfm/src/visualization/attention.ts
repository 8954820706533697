import { ShapeError } from '@agop/core';
import { checkMembers, checkWhole } from '@agop/core/options';
import type { ImageSize } from '../images/geometry.ts';
import { checkSnapshot, type PatchTransform } from './snapshot.ts';

/** A picture of one channel: row-major. */
export interface GrayPicture {
  readonly data: Float64Array;
  readonly height: number;
  readonly width: number;
}

/** One image: row-major, channels last. */
export interface SingleImage extends ImageSize {
  readonly data: ArrayLike<number>;
}

/** What a ConvRFM makes of an image. */
export interface AttentionPictures {
  /** Length of the transformed patch around each pixel, zeros being outside: bright where the model looks. */
  readonly strength: GrayPicture;
  /**
   * The transformed patches put back into the image, overlapping ones averaged: what is left of the image for
   * the model.
   */
  readonly seen: ImageSize & { readonly data: Float64Array };
}

/**
 * An image through a learned patch metric. Each patch u is multiplied by the transform B: its length |u B|
 * says how much the kernel gets to see there, and the patches themselves, laid over each other again, what it
 * is.
 *
 * @throws {ShapeError} where the image does not have the channels of the snapshot, or pixels are missing
 * @throws {OptionError} for sizes that are none
 */
export function attentionPictures(snapshot: PatchTransform, image: SingleImage): AttentionPictures {
  const { patchSize, channels, transform } = checkSnapshot(snapshot);
  const kinds = { data: 'numbers', height: 'number', width: 'number', channels: 'number' } as const;
  checkMembers('the image', image, kinds);
  checkWhole('height', image.height, 1);
  checkWhole('width', image.width, 1);
  if (image.data.length !== image.height * image.width * image.channels) {
    throw new ShapeError(`The image has ${image.data.length} pixels, which do not fill its size.`);
  }
  if (image.channels !== channels) {
    throw new ShapeError(`The image has ${image.channels} channels, but the patches have ${channels}.`);
  }
  const { data, height, width } = image;
  const d = patchSize * patchSize * channels;
  const before = Math.floor((patchSize - 1) / 2);
  const strength = new Float64Array(height * width);
  const sums = new Float64Array(height * width * channels);
  const counts = new Float64Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      /** For each entry of the patch its place in the image; -1 outside. */
      const places = Array.from({ length: d }, (_, entry) => {
        const at = Math.floor(entry / channels);
        const [row, column] = [y + Math.floor(at / patchSize) - before, x + (at % patchSize) - before];
        const isInside = row >= 0 && row < height && column >= 0 && column < width;
        return isInside ? (row * width + column) * channels + (entry % channels) : -1;
      });
      const changed = product(
        places.map((place) => (place < 0 ? 0 : (data[place] as number))),
        transform,
      );
      strength[y * width + x] = Math.sqrt(changed.reduce((sum, value) => sum + value * value, 0));
      for (const [entry, place] of places.entries()) {
        if (place < 0) continue;
        sums[place] = (sums[place] as number) + (changed[entry] as number);
        if (place % channels === 0) counts[place / channels] = (counts[place / channels] as number) + 1;
      }
    }
  }
  const seen = sums.map((value, at) => value / Math.max(1, counts[Math.floor(at / channels)] as number));
  return { strength: { data: strength, height, width }, seen: { data: seen, height, width, channels } };
}

/** A row times a square matrix. */
function product(row: readonly number[], matrix: Float64Array): Float64Array {
  const d = row.length;
  const out = new Float64Array(d);
  for (const [i, factor] of row.entries()) {
    if (factor === 0) continue;
    for (let j = 0; j < d; j++) out[j] = (out[j] as number) + factor * (matrix[i * d + j] as number);
  }
  return out;
}
