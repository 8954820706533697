import { type FloatDType, hostArray, OptionError, randomArray, randomPermutation } from '@agop/core';
import { checkWhole } from '@agop/core/options';

/** Images of one size with a class each. */
export interface LabelledImages {
  readonly data: Float32Array | Float64Array;
  /** [n, height, width, channels] */
  readonly shape: readonly [number, number, number, number];
  readonly labels: Int32Array;
}

const side = 32;
const channels = 3;
/** Channels in which the star is drawn. */
const starChannels = 2;
/** Standard deviation of the noise. */
const noise = 0.3;
/** Top left corners of the star's frame are from 0 to this, in both directions. */
const largestOffset = 17;

/** The star's runs of pixels: row, first and last column (included). */
const star: readonly (readonly [number, number, number])[] = [
  [3, 10, 10],
  [4, 9, 11],
  [5, 7, 13],
  [6, 8, 12],
  [7, 9, 11],
  [8, 8, 12],
  [9, 8, 9],
  [9, 11, 12],
];

/**
 * The star task: images of 32 x 32 x 3 pixels of normal noise (standard deviation 0.3); half of them (label
 * 1) hold a five-pointed star of value 1 in two of the three channels, at a random place.
 *
 * Source: the notebook CRFM_star of aradha/agop_feature_learning (arXiv 2309.00570).
 *
 * @param count number of images, even
 * @param seed seed of noise, places and order
 * @throws {OptionError} if `count` is not an even whole number from 2, or `seed` is no seed
 */
export function starImages(count: number, seed: number, dtype: FloatDType = 'float32'): LabelledImages {
  if (checkWhole('count', count, 2) % 2 !== 0) {
    throw new OptionError('count', `count must be even, as half of the images hold a star, but is ${count}.`);
  }
  const pixels = side * side * channels;
  const data = hostArray(dtype, count * pixels) as Float32Array | Float64Array;
  const values = randomArray(count * pixels, 'normal', { seed, stream: 1 }, dtype);
  for (let i = 0; i < data.length; i++) data[i] = (values[i] as number) * noise;
  const places = randomArray(2 * count, 'uniform', { seed, stream: 2 }, 'float64');
  const order = randomPermutation(count, { seed, stream: 3 });
  const labels = new Int32Array(count);
  for (const [index, image] of order.entries()) {
    if (index >= count / 2) continue;
    labels[image] = 1;
    const [q, r] = [2 * image, 2 * image + 1].map((at) =>
      Math.floor((places[at] as number) * (largestOffset + 1)),
    ) as [number, number];
    drawStar(data, image * pixels, q, r);
  }
  return { data, shape: [count, side, side, channels], labels };
}

function drawStar(data: Float32Array | Float64Array, begin: number, q: number, r: number): void {
  for (const [row, first, last] of star) {
    for (let column = first; column <= last; column++) {
      const pixel = begin + ((row + q) * side + column + r) * channels;
      for (let channel = 0; channel < starChannels; channel++) data[pixel + channel] = 1;
    }
  }
}
