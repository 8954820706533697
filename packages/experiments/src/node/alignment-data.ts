import { wording } from '@agop/core';
import { type AlignmentData, imageData } from '../alignment/data.ts';
import { type AlignmentSettings, trainingOf } from '../alignment/settings.ts';
import { readDividedImages } from './network-images.ts';

/** Test images at most. */
const testImages = 2000;

/**
 * The images that the settings name; undefined where data are made.
 *
 * @throws {OptionError} for images that are needed and not there, and those of another size
 * @throws {StorageError} for files that cannot be read
 * @throws {FormatError} for files that are damaged or of another format
 * @throws {ValueError} for images without classes
 */
export async function readAlignmentData(settings: AlignmentSettings): Promise<AlignmentData | undefined> {
  const { data, samples } = trainingOf(settings);
  if (settings.study !== 'trace' || data === 'chain') return undefined;
  const meant = wording`${{ option: 'data', value: data }}`;
  const named = { path: settings.images, option: 'images' };
  const { training, test } = await readDividedImages(data, named, meant, {
    training: samples,
    test: testImages,
  });
  return imageData(data, training, test);
}
