import { OptionError } from '@agop/core';
import type { ImageSet } from '@agop/data';
import { flagOf } from '../options.ts';

/** Height, width and channels of the images of a data set. */
const sizes = { mnist: [28, 28, 1], cifar10: [32, 32, 3] } as const;
/** Both data sets have the classes 0 to 9. */
const classes = 10;

/** Data sets of images that are found by their names. */
export type ImageData = keyof typeof sizes;

/**
 * Refuses images that are not those of a data set: of another size, or with other classes.
 *
 * @param meant what means the data set, e.g. `--data mnist`
 * @param path where the images are from, and the option that names it
 * @throws {OptionError}
 */
export function checkImageData(
  name: ImageData,
  { shape: [, ...size], labels = new Int32Array() }: ImageSet,
  meant: string,
  { path, option }: { readonly path: string; readonly option: string },
): void {
  const expected = sizes[name].join(' x ');
  const where = `${path} (${flagOf(option)})`;
  if (size.join(' x ') !== expected) {
    throw new OptionError(
      option,
      `${meant} means images of ${expected} (height x width x channels), but those of ${where} are ${size.join(' x ')}.`,
    );
  }
  const strange = labels.find((label) => label >= classes);
  if (strange === undefined) return;
  throw new OptionError(
    option,
    `${meant} means the classes 0 to ${classes - 1}, but ${where} has an image of class ${strange}.`,
  );
}
