import { OptionError, wording } from '@agop/core';
import { locateDataset, readImageFile } from '@agop/data/node';
import type { AnsatzData } from '../ansatz/data.ts';
import { type AnsatzSettings, ansatzSizes } from '../ansatz/settings.ts';
import { checkImageData, labelled } from '../images.ts';
import { sayPath } from './named-path.ts';

/**
 * The images that the settings name.
 *
 * @throws {OptionError} for a path that is needed and missing, or images of another data set
 * @throws {StorageError} for files that cannot be read
 * @throws {FormatError} for files that are damaged or of another format
 * @throws {ValueError} for images without labels
 */
export async function readAnsatzData(settings: AnsatzSettings): Promise<AnsatzData> {
  const { data: name, testSamples } = settings;
  const meant = wording`${{ option: 'data', value: name }}`;
  const path = settings.images ?? locateDataset(name);
  if (path === undefined) {
    throw new OptionError(
      'images',
      wording`${meant} needs ${{ option: 'images' }}: the folder with its training and test files. (Or AGOP_DATA, the folder in which they lie as images/${name}.)`,
    );
  }
  const place = { path, option: 'images' };
  const read = async (part: 'train' | 'test', limit: number) => {
    const images = await readImageFile(path, { part, limit }).catch(sayPath(place));
    checkImageData(name, images, meant, place);
    return labelled(images, path);
  };
  return {
    name,
    training: await read('train', ansatzSizes(settings).samples),
    test: await read('test', testSamples),
  };
}
