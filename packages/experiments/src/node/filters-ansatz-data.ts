import { basename, resolve } from 'node:path';
import { OptionError, wording } from '@agop/core';
import { locateDataset, readImageFile } from '@agop/data/node';
import type { FiltersAnsatzData } from '../filters-ansatz/run.ts';
import { type FiltersAnsatzSettings, networksOf } from '../filters-ansatz/settings.ts';
import type { TensorFlow } from '../tensorflow.ts';
import { sayPath } from './named-path.ts';
import { packagedNetworks, readNetwork } from './networks/read-network.ts';

/**
 * The images and networks that the settings name. Opening a network fails where its package is not installed
 * (`UnavailableError`), or its file cannot be read or is no layers model.
 *
 * @param tf TensorFlow.js with a backend, on which the networks run
 * @throws {OptionError} for a path that is needed and missing
 * @throws {StorageError} for files that cannot be read
 * @throws {FormatError} for files that are damaged or of another format
 */
export async function readFiltersAnsatzData(
  settings: FiltersAnsatzSettings,
  tf: TensorFlow,
): Promise<FiltersAnsatzData> {
  const path = settings.images ?? locateDataset('cifar10');
  if (path === undefined) {
    throw new OptionError(
      'images',
      wording`Images are needed: ${{ option: 'images' }} with a file or folder. (Or AGOP_DATA, the folder in which CIFAR-10 lies as images/cifar10.)`,
    );
  }
  const images = await readImageFile(path, { part: 'test' }).catch(sayPath({ path, option: 'images' }));
  return {
    tf,
    images,
    imagesName: basename(resolve(path)),
    networks: networksOf(settings).map(
      (name) => () =>
        readNetwork(tf, name, settings.packages).catch(
          sayPath(
            { path: name, option: 'network' },
            wording` ${{ option: 'network' }} is ${packagedNetworks.join(', ')} or the path of a model.json.`,
          ),
        ),
    ),
  };
}
