import { noisyDigits, starImages } from '@agop/conv-rfm';
import { OptionError, randomPermutation, subkey, ValueError, wording } from '@agop/core';
import { type ImageSet, sampleRows, splitRows } from '@agop/data';
import { checkClasses, type LabelledImages, labelled, pickImages } from '../images.ts';
import type { FiltersSettings } from './settings.ts';

/** Images to learn from, and to be scored on. */
export interface FiltersData {
  /** For people: the task, or the name of the file or folder. */
  readonly name: string;
  readonly training: LabelledImages;
  readonly test: LabelledImages | undefined;
  /** Whether the test images were held out of the training files, as there were no others. */
  readonly testHeldOut: boolean;
}

/** Images of the star task, as published. */
const starSizes = { training: 50, test: 2050 } as const;
/** Images of the digits in noise. */
const digitSizes = { full: 4000, small: 1000 } as const;
/** Images of files at most, of each part. */
const defaultLimit = 1000;
/** Share of the training files that is held out for testing where there are no test files. */
const testShare = 0.2;

/** The images of the star task, made of a seed. */
export function starData({ limit, testLimit }: FiltersSettings, seed: number): FiltersData {
  const [n, m] = [limit ?? starSizes.training, testLimit ?? starSizes.test];
  const all = starImages(n + m + ((n + m) % 2), seed);
  const range = (begin: number, end: number) => Int32Array.from({ length: end - begin }, (_, i) => begin + i);
  const [training, test] = [pickImages(all, range(0, n)), pickImages(all, range(n, n + m))];
  checkClasses(training, test, 'Test', 'limit');
  return { name: 'star', training, test, testHeldOut: false };
}

/**
 * Digits in noise.
 *
 * @param read the first so many digits of a part
 */
export async function noisyDigitData(
  { full, limit, testLimit }: FiltersSettings,
  read: (part: 'train' | 'test', most: number) => Promise<LabelledImages>,
  seed: number,
): Promise<FiltersData> {
  const count = full ? digitSizes.full : digitSizes.small;
  const training = noisyDigits(await read('train', limit ?? count), { seed: 2 * seed });
  const test = noisyDigits(await read('test', testLimit ?? count), { seed: 2 * seed + 1 });
  checkClasses(training, test, 'Test', 'limit');
  return { name: 'noisy-mnist', training, test, testHeldOut: false };
}

/**
 * A choice of images of files.
 *
 * @param read training images, test images if there are any, and where each are from
 * @param holdOut whether some of the training images are held out for testing
 * @throws {OptionError} for a limit below the number of classes, or test images of a class that no training
 * image has
 * @throws {ValueError} for images without classes, or too few to hold some out
 */
export function chosenImages(
  { limit, testLimit }: FiltersSettings,
  name: string,
  read: {
    readonly training: ImageSet;
    readonly path: string;
    readonly test?: ImageSet;
    readonly testPath: string;
  },
  holdOut: boolean,
  seed: number,
): FiltersData {
  const all = labelled(read.training, read.path);
  const divided = holdOut ? holdTestOut(all, seed, read.path) : { training: all, test: undefined };
  const scored = read.test ? labelled(read.test, read.testPath) : divided.test;
  const training = chooseTraining(divided.training, limit ?? defaultLimit, seed);
  const test = scored && chooseImages(scored, testLimit ?? defaultLimit, seed, 1);
  if (test) checkClasses(training, test, 'Test', 'limit');
  return { name, training, test, testHeldOut: holdOut };
}

/**
 * At most so many training images, in their order: a random choice, as files are often sorted by class. Where
 * chance would leave a class out, each class gives its share, and one image at least.
 */
function chooseTraining(images: LabelledImages, most: number, seed: number): LabelledImages {
  if (images.labels.length <= most) return images;
  const drawn = chooseImages(images, most, seed, 0);
  const classes = new Set(images.labels).size;
  if (new Set(drawn.labels).size === classes) return drawn;
  if (classes > most) {
    throw new OptionError(
      'limit',
      wording`${{ option: 'limit', value: most }} is too few: the training images have ${classes} classes, of which each needs one.`,
    );
  }
  return pickImages(images, sampleRows(images.labels, most, subkey(seed, 'image-sample')));
}

/** At most so many images, a random choice in their order. */
function chooseImages(images: LabelledImages, most: number, seed: number, part: number): LabelledImages {
  const count = images.labels.length;
  if (count <= most) return images;
  const order = randomPermutation(count, subkey(seed, 'image-sample', part));
  return pickImages(images, order.slice(0, most).sort());
}

/** Holds a fifth of the images of each class out for testing. */
function holdTestOut(images: LabelledImages, seed: number, path: string) {
  try {
    const { train, test } = splitRows(images.labels.length, {
      fraction: testShare,
      seed,
      stratify: images.labels,
    });
    return { training: pickImages(images, train), test: pickImages(images, test) };
  } catch (cause) {
    if (!ValueError.isInstance(cause)) throw cause;
    throw new ValueError(
      `${path} has no test images, and too few images to hold some out: every class needs two. Name test images.`,
    );
  }
}
