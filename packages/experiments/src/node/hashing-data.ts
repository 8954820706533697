import { OptionError, wording } from '@agop/core';
import { locateDataset, readImageFile } from '@agop/data/node';
import { bitsOfImages, type HashingData } from '../hashing/data.ts';
import { dataSettings, type HashingRunSettings } from '../hashing/settings.ts';
import { checkImageData } from '../images.ts';

/**
 * Reads the images that the settings name.
 *
 * @throws {OptionError} for a path that is needed and missing, or images of another data set
 * @throws {StorageError} for files that cannot be read
 * @throws {FormatError} for files that are damaged or of another format
 */
export async function readHashingData(settings: HashingRunSettings): Promise<HashingData> {
  const { data } = settings;
  const meant = wording`${{ option: 'data', value: data }}`;
  const path = settings.images ?? locateDataset(data);
  if (path === undefined) {
    throw new OptionError(
      'images',
      wording`${meant} needs ${{ option: 'images' }}: the path of its image file, or of the folder with its files. (Or AGOP_DATA, the folder in which they lie as images/${data}.)`,
    );
  }
  const images = await readImageFile(path, { limit: dataSettings(settings).samples });
  checkImageData(data, images, meant, { path, option: 'images' });
  return bitsOfImages(images, settings);
}
