import type { LabelledImages } from '@agop/conv-rfm';
import { OptionError, randomPermutation, ValueError } from '@agop/core';
import { type ImageSet, sampleRows, splitRows } from '@agop/data';

/** Share of the training files that is held out for testing where a folder has no test files. */
const testShare = 0.2;

/** @throws {ValueError} for images without labels */
export function labelled({ data, shape, labels }: ImageSet, path: string): LabelledImages {
  if (labels === undefined) {
    throw new ValueError(`${path} has no labels beside it, so that its images have no classes.`);
  }
  return { data, shape, labels };
}

/**
 * At most so many training images, in their order: a random choice, as files are often sorted by class. Where chance
 * would leave a class out, each class gives its share, and one image at least.
 *
 * @throws {OptionError} if there are more classes than images are wanted
 */
export function chooseTraining(images: LabelledImages, most: number, seed: number): LabelledImages {
  if (images.labels.length <= most) return images;
  const drawn = chooseImages(images, most, seed, 0);
  const classes = new Set(images.labels).size;
  if (new Set(drawn.labels).size === classes) return drawn;
  if (classes > most) {
    throw new OptionError(
      'limit',
      `--limit ${most} is too few: the training images have ${classes} classes, of which each needs one.`,
    );
  }
  return pick(images, sampleRows(images.labels, most, { seed, stream: 2 ** 34 }));
}

/** At most so many images, a random choice in their order. */
export function chooseImages(
  images: LabelledImages,
  most: number,
  seed: number,
  stream: number,
): LabelledImages {
  const count = images.labels.length;
  if (count <= most) return images;
  const order = randomPermutation(count, { seed, stream: 2 ** 34 + stream });
  return pick(images, order.slice(0, most).sort());
}

/**
 * Holds a fifth of the images of each class out for testing.
 *
 * @param path where the images are from
 * @throws {ValueError} if there are too few
 */
export function holdTestOut(
  images: LabelledImages,
  seed: number,
  path: string,
): { readonly training: LabelledImages; readonly test: LabelledImages } {
  try {
    const { train, test } = splitRows(images.labels.length, {
      fraction: testShare,
      seed,
      stratify: images.labels,
    });
    return { training: pick(images, train), test: pick(images, test) };
  } catch (cause) {
    if (!ValueError.isInstance(cause)) throw cause;
    throw new ValueError(
      `${path} has no test images, and too few images to hold some out: every class needs two. Name test images with --test.`,
    );
  }
}

/**
 * Refuses test images that no training could get right.
 *
 * @throws {ValueError} naming a class that only test images have
 */
export function checkClasses(training: LabelledImages, test: LabelledImages): void {
  const known = new Set(training.labels);
  const strange = test.labels.find((label) => !known.has(label));
  if (strange === undefined) return;
  throw new ValueError(
    `Test images have class ${strange}, which none of the ${training.labels.length} training images has. Raise --limit, or give training images of that class.`,
  );
}

/** Some of the images. */
export function pick({ data, shape, labels }: LabelledImages, rows: ArrayLike<number>): LabelledImages {
  const [, height, width, channels] = shape;
  const pixels = height * width * channels;
  const chosen = new Float32Array(rows.length * pixels);
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * pixels;
    chosen.set(data.subarray(from, from + pixels), i * pixels);
  }
  return {
    data: chosen,
    shape: [rows.length, height, width, channels],
    labels: Int32Array.from(rows, (row) => labels[row] as number),
  };
}
