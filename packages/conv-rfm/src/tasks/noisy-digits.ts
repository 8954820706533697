import { randomArray, ShapeError } from '@agop/core';
import { checkMembers, checkNonNegative, checkWhole } from '@agop/core/options';
import type { LabelledImages } from './star.ts';

/** Where {@link noisyDigits} puts digits. */
export interface NoisyDigitsOptions {
  /** Height and width of the frame. Default 42. */
  readonly frame?: number;
  /** σ: the noise has standard deviation √σ / 2. Default 1. */
  readonly sigma?: number;
  readonly seed: number;
}

/**
 * Digits in noise: each image is put at a random place of a frame of normal noise. The image covers the noise
 * with its own, black background. The last row and column of places are left out, as in the original.
 *
 * Source: the notebook CRFM_noisy_mnist of aradha/agop_feature_learning (arXiv 2309.00570).
 *
 * @param digits images [n, height, width, 1], pixels from 0 to 1
 * @throws {ShapeError} for images that do not fit into the frame or have several channels, or data of another
 *   length than their shape says
 * @throws {OptionError} for a frame that is not a whole number from 2 to 4096, a sigma that is not a finite
 *   number from 0, or a seed that is none
 */
export function noisyDigits(digits: LabelledImages, options: NoisyDigitsOptions): LabelledImages {
  checkMembers('noisyDigits()', options, { frame: 'number?', sigma: 'number?', seed: 'number' });
  checkMembers('the digits', digits, { data: 'numbers', shape: 'numbers', labels: 'numbers' });
  const { frame = 42, sigma = 1, seed } = options;
  if (digits.shape.length !== 4) {
    throw new ShapeError(`Digits must be [n, height, width, 1], but have ${digits.shape.length} axes.`);
  }
  for (const length of digits.shape) checkWhole('shape', length, 0);
  const [n, height, width, channels] = digits.shape;
  checkWhole('frame', frame, 2, 2 ** 12);
  if (digits.data.length !== n * height * width * channels || digits.labels.length !== n) {
    throw new ShapeError(
      `Digits of the shape [${digits.shape.join(', ')}] have ${n * height * width * channels} pixels ` +
        `and ${n} labels, but ${digits.data.length} and ${digits.labels.length} are given.`,
    );
  }
  if (channels !== 1 || height >= frame || width >= frame) {
    throw new ShapeError(
      `Digits must have one channel and be smaller than the frame of ${frame} x ${frame}, ` +
        `but are ${height} x ${width} x ${channels}.`,
    );
  }
  checkNonNegative('sigma', sigma);
  const noise = randomArray(n * frame * frame, 'normal', { seed, stream: 1 }, 'float32');
  const places = randomArray(2 * n, 'uniform', { seed, stream: 2 }, 'float64');
  const deviation = 0.5 * Math.sqrt(sigma);
  const data = noise.map((value) => value * deviation);
  for (let i = 0; i < n; i++) {
    const top = Math.floor((places[2 * i] as number) * (frame - height));
    const left = Math.floor((places[2 * i + 1] as number) * (frame - width));
    for (let y = 0; y < height; y++) {
      const from = (i * height + y) * width;
      const to = (i * frame + top + y) * frame + left;
      for (let x = 0; x < width; x++) data[to + x] = digits.data[from + x] as number;
    }
  }
  return { data, shape: [n, frame, frame, 1], labels: digits.labels };
}
