import { wording } from '@agop/core';
import type { PhenomenaData } from '../phenomena/run.ts';
import { chosenPhenomena, type PhenomenaSettings, phenomenaSizes } from '../phenomena/settings.ts';
import { readDividedImages } from './network-images.ts';

/**
 * The images that the settings need.
 *
 * @throws {OptionError} for images that are needed and not there, and those of another size
 * @throws {StorageError} for files that cannot be read
 * @throws {FormatError} for files that are damaged or of another format
 * @throws {ValueError} for images without classes
 */
export async function readPhenomenaData(settings: PhenomenaSettings): Promise<PhenomenaData> {
  const chosen = chosenPhenomena(settings);
  const needed = (option: 'cifar10' | 'mnist', training: number | undefined, test: number | undefined) =>
    readDividedImages(
      option,
      { path: settings[option], option },
      wording`${{ option: 'task', value: 'phenomena' }}`,
      {
        ...(training !== undefined && { training }),
        ...(test !== undefined && { test }),
      },
    );
  const photos = chosen.some((one) => one !== 'lottery');
  const digits = chosen.some((one) => one === 'simplicity' || one === 'lottery');
  // Each seed takes digits of its own; for pairs there are as many of a class as photographs.
  const last = settings.seed + settings.seeds;
  const training = Math.max(settings.tickets * last, 12 * phenomenaSizes(settings).perClass * last);
  return {
    ...(photos && { cifar10: await needed('cifar10', undefined, undefined) }),
    ...(digits && {
      mnist: await needed('mnist', Math.min(60000, training), Math.max(2000, settings.tickets)),
    }),
  };
}
