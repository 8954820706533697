import { OptionError, type Wording, wording } from '@agop/core';
import { locateDataset, readImageFile } from '@agop/data/node';
import { checkImageData, type DividedImages, type ImageData, labelled } from '../images.ts';
import { findTestImages, readTestImages } from './test-images.ts';

/** How many images of each part are read, the first of their files. */
export interface ImageLimits {
  readonly training?: number;
  readonly test?: number;
}

/**
 * Training and test images of MNIST or CIFAR-10.
 *
 * @param named the option that names their folder, with what it says; by default they are looked for
 * @param meant what asks for them, e.g. `--data mnist`
 * @throws {OptionError} for images that are needed and not there, and those of another size
 * @throws {StorageError} for files that cannot be read
 * @throws {FormatError} for files that are damaged or of another format
 * @throws {ValueError} for images without classes
 */
export async function readDividedImages(
  name: ImageData,
  named: { readonly path: string | undefined; readonly option: string },
  meant: Wording,
  limits: ImageLimits,
): Promise<DividedImages> {
  const { option } = named;
  const path = named.path ?? locateDataset(name);
  if (path === undefined) {
    throw new OptionError(
      option,
      wording`${meant} needs ${{ option }}: the folder with training and test images of ${name}. (Or AGOP_DATA, the folder in which they lie as images/${name}.)`,
    );
  }
  const where = { path, option };
  const source = await findTestImages(where, undefined, option);
  const test = await readTestImages(source, limits.test === undefined ? {} : { limit: limits.test });
  if (test === undefined) {
    throw new OptionError(
      option,
      wording`${path} has no test images: ${{ option }} must be a folder with training and test files.`,
    );
  }
  const training = await readImageFile(path, limits.training === undefined ? {} : { limit: limits.training });
  checkImageData(name, training, meant, where);
  checkImageData(name, test, meant, where);
  return { training: labelled(training, path), test: labelled(test, path) };
}
