import { basename, resolve } from 'node:path';
import { OptionError, wording } from '@agop/core';
import { isFolder, locateDataset, readImageFile } from '@agop/data/node';
import { chosenImages, type FiltersData, noisyDigitData, starData } from '../filters/data.ts';
import type { FiltersSettings } from '../filters/settings.ts';
import { checkImageData, labelled } from '../images.ts';
import { sayPath } from './named-path.ts';
import { findTestImages, readTestImages } from './test-images.ts';

/**
 * Reads, or makes, the images of a run with a seed.
 *
 * @throws {OptionError} for options that do not go together, or a path that is needed and missing
 * @throws {StorageError} for files that cannot be read
 * @throws {FormatError} for files that are damaged or of another format
 * @throws {ValueError} for images that cannot be used
 */
export async function readFiltersData(settings: FiltersSettings, seed: number): Promise<FiltersData> {
  const { task, data: path } = settings;
  if (task === 'star') return starData(settings, seed);
  if (task === 'noisy-mnist') return readDigits(settings, seed);
  if (path === undefined) {
    throw new OptionError(
      'data',
      wording`Images are needed: ${{ option: 'data' }} with a file or folder, or ${{ option: 'task' }} with star or noisy-mnist.`,
    );
  }
  const source = await findTestImages({ path, option: 'data' }, settings.test, 'test');
  const { folderWithout } = source;
  if (settings.testLimit !== undefined && source.path === undefined && !folderWithout) {
    throw new OptionError(
      'testLimit',
      wording`${{ option: 'testLimit' }} needs test images: name them with ${{ option: 'test' }}.`,
    );
  }
  const training = await readImageFile(path);
  const test = await readTestImages(source);
  const read = { training, path, testPath: source.path ?? path, ...(test && { test }) };
  return chosenImages(settings, basename(resolve(path)), read, folderWithout, seed);
}

async function readDigits(settings: FiltersSettings, seed: number): Promise<FiltersData> {
  const meant = wording`${{ option: 'task', value: 'noisy-mnist' }}`;
  const path = settings.data ?? locateDataset('mnist');
  if (path === undefined) {
    throw new OptionError(
      'data',
      wording`${meant} needs ${{ option: 'data' }}: the folder with the four files of MNIST. (Or AGOP_DATA, the folder in which they lie as images/mnist.)`,
    );
  }
  const place = { path, option: 'data' };
  if (!(await isFolder(path).catch(sayPath(place)))) {
    throw new OptionError(
      'data',
      wording`${meant} needs the folder with MNIST's training and test files as ${{ option: 'data' }}, but ${path} is a file.`,
    );
  }
  const read = async (part: 'train' | 'test', limit: number) => {
    const digits = await readImageFile(path, { part, limit });
    checkImageData('mnist', digits, meant, place);
    return labelled(digits, path);
  };
  return noisyDigitData(settings, read, seed);
}
