import { basename, resolve } from 'node:path';
import { OptionError, wording } from '@agop/core';
import { locateDataset, readImageFile } from '@agop/data/node';
import type { FilterStartData } from '../filter-start/run.ts';
import type { FilterStartSettings } from '../filter-start/settings.ts';
import { checkClasses, labelled } from '../images.ts';
import type { TensorFlow } from '../tensorflow.ts';
import { sayPath } from './named-path.ts';

/**
 * The images that the settings name.
 *
 * @param tf TensorFlow.js with a backend, on which the networks train
 * @throws {OptionError} for a path that is needed and missing, or a class that no training image has
 * @throws {StorageError} for files that cannot be read
 * @throws {FormatError} for files that are damaged or of another format
 * @throws {ValueError} for images without labels
 */
export async function readFilterStartData(
  { images, testSamples }: FilterStartSettings,
  tf: TensorFlow,
): Promise<FilterStartData> {
  const path = images ?? locateDataset('cifar10');
  if (path === undefined) {
    throw new OptionError(
      'images',
      wording`Images are needed: ${{ option: 'images' }} with a folder of training and test files. (Or AGOP_DATA, the folder in which CIFAR-10 lies as images/cifar10.)`,
    );
  }
  const read = async (part: 'train' | 'test', limit?: number) => {
    const options = { part, ...(limit !== undefined && { limit }) };
    return labelled(await readImageFile(path, options).catch(sayPath({ path, option: 'images' })), path);
  };
  const [training, test] = [await read('train'), await read('test', testSamples)];
  checkClasses(training, test, 'Test', 'images');
  return { tf, name: basename(resolve(path)), training, test };
}
