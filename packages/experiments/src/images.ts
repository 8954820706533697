import { OptionError, ValueError, type Wording, wording } from '@agop/core';
import type { ImageSet } from '@agop/data';

/** Images of one size, channels last, with a class each. */
export interface LabelledImages extends Pick<ImageSet, 'shape'> {
  /** Pixels, row-major. */
  readonly data: Float32Array | Float64Array;
  readonly labels: Int32Array;
}

/** Training and test images of a data set. */
export interface DividedImages {
  readonly training: LabelledImages;
  readonly test: LabelledImages;
}

/** Where data are from: a path, and the option that named it. */
export interface NamedPath {
  readonly path: string;
  readonly option: string;
}

/** Height, width and channels of the images of known data sets. All of these have the classes 0 to 9. */
const sizes = { mnist: [28, 28, 1], cifar10: [32, 32, 3] } as const;
const classes = 10;

/** Data sets of images that are known by their names. */
export type ImageData = keyof typeof sizes;

/**
 * Refuses images that are not those of a data set: of another size, or with other classes.
 *
 * @param meant what means the data set, e.g. `--data mnist`
 * @throws {OptionError}
 */
export function checkImageData(
  name: ImageData,
  { shape: [, ...size], labels = new Int32Array() }: ImageSet,
  meant: Wording,
  { path, option }: NamedPath,
): void {
  const expected = sizes[name].join(' x ');
  const where = wording`${path} (${{ option }})`;
  if (size.join(' x ') !== expected) {
    throw new OptionError(
      option,
      wording`${meant} means images of ${expected} (height x width x channels), but those of ${where} are ${size.join(' x ')}.`,
    );
  }
  const strange = labels.find((label) => label >= classes);
  if (strange === undefined) return;
  throw new OptionError(
    option,
    wording`${meant} means the classes 0 to ${classes - 1}, but ${where} has an image of class ${strange}.`,
  );
}

/** @throws {ValueError} for images without labels */
export function labelled({ data, shape, labels }: ImageSet, path: string): LabelledImages {
  if (labels === undefined) {
    throw new ValueError(`${path} has no labels beside it, so that its images have no classes.`);
  }
  return { data, shape, labels };
}

/** Some of the images. */
export function pickImages(images: LabelledImages, rows: ArrayLike<number>): LabelledImages {
  const { data, shape, labels } = images;
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

/**
 * Refuses images that no training could get right.
 *
 * @param what they are, e.g. `Test`
 * @param limit the option that says how many training images there are
 * @throws {OptionError} naming a class that no training image has
 */
export function checkClasses(
  training: LabelledImages,
  held: LabelledImages,
  what: string,
  limit: string,
): void {
  const known = new Set(training.labels);
  const strange = held.labels.find((label) => !known.has(label));
  if (strange === undefined) return;
  throw new OptionError(
    limit,
    wording`${what} images have class ${strange}, which none of the ${training.labels.length} training images has. Raise ${{ option: limit }}, or give training images of that class.`,
  );
}
