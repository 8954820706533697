import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { OptionError, StorageError, wording } from '@agop/core';
import type { Table } from '@agop/data';
import { locateDataset, readImageFile, readTableFile } from '@agop/data/node';
import {
  type CollapseData,
  type CollapseDataSettings,
  collapseImages,
  collapseSplitImages,
  collapseTable,
} from '../collapse/data.ts';
import { checkImageData, type ImageData, type LabelledImages, labelled } from '../images.ts';
import { refuse } from '../refuse.ts';
import { sayPath } from './named-path.ts';
import { findTestImages, readTestImages } from './test-images.ts';

/** Training images that are used unless the settings say otherwise. */
const defaultSamples = { mnist: 5000, cifar10: 3000 } as const satisfies Readonly<Record<ImageData, number>>;

/** How {@link readCollapseData} reads. */
export interface CollapseReading {
  /** Reads a table by its path. Default as its file says. */
  readonly readTable?: (path: string) => Promise<Table>;
  /** Whether rows of a table are held out where the settings do not say so. Default true. */
  readonly holdOut?: boolean;
}

/**
 * Reads the data that the settings name.
 *
 * @throws {OptionError} for options that do not go together, or a path that is needed and missing
 * @throws {StorageError} for files that cannot be read
 * @throws {FormatError} for files that are damaged or of another format
 * @throws {ValueError} for data that cannot be used
 */
export async function readCollapseData(
  settings: CollapseDataSettings,
  { readTable = readTableFile, holdOut = true }: CollapseReading = {},
): Promise<CollapseData> {
  const { data } = settings;
  if (data === 'mnist' || data === 'cifar10') return readImages(data, settings);
  for (const option of ['images', 'testImages', 'testSamples'] as const) {
    if (settings[option] === undefined) continue;
    throw new OptionError(
      option,
      wording`${{ option }} needs ${{ option: 'data', value: 'mnist' }} or cifar10.`,
    );
  }
  const path = data === 'digits' && !existsSync(data) ? findDigits() : data;
  // A path that is not there may be a name that is spelt wrong.
  const names = wording` ${{ option: 'data' }} is mnist, cifar10, digits or the path of a CSV file.`;
  const table = await readTable(path).catch(sayPath({ path, option: 'data' }, existsSync(path) ? [] : names));
  return collapseTable(table, basename(data), settings, holdOut || settings.validation !== undefined);
}

function findDigits(): string {
  const path = locateDataset('digits');
  if (path !== undefined) return path;
  throw new StorageError(
    'The digits are not here: they come with the source code, as examples/data/digits.csv.gz. Give the path of a CSV file.',
  );
}

/**
 * The first images of the training and the test files of a data set, or of one file, a part of which is held
 * out.
 */
async function readImages(data: ImageData, settings: CollapseDataSettings): Promise<CollapseData> {
  const { testImages, testSamples, samples: limit = defaultSamples[data] } = settings;
  const meant = wording`${{ option: 'data', value: data }}`;
  const { target, ignore, categorical } = settings;
  const ofTables = { target, ignore: ignore[0], categorical: categorical[0] };
  refuse(ofTables, ['target', 'ignore', 'categorical'], wording`${meant}, which is images`);
  const path = settings.images ?? locateDataset(data);
  if (path === undefined) {
    throw new OptionError(
      'images',
      wording`${meant} needs ${{ option: 'images' }}: the path of its image file, or of the folder with its files. (Or AGOP_DATA, the folder in which they lie as images/${data}.)`,
    );
  }
  const source = await findTestImages({ path, option: 'images' }, testImages, 'testImages');
  const read = await readTestImages(source, { limit: testSamples ?? 1000 });
  const training = checked(await readImageFile(path, { limit }), path, 'images');
  if (read === undefined) {
    if (testSamples !== undefined) {
      throw new OptionError(
        'testSamples',
        wording`${{ option: 'testSamples' }} needs test images; a part is held out by ${{ option: 'validation' }}.`,
      );
    }
    const divided = collapseSplitImages(data, training, settings);
    if (!source.folderWithout) return divided;
    const held = divided.held.y.length;
    const remark = wording`${path} has no test images: ${held} of ${training.labels.length} images are held out (${{ option: 'validation' }}).`;
    return { ...divided, remark };
  }
  refuse(settings, ['validation'], wording`test images, which are what is held out`);
  const option = testImages === undefined ? 'images' : 'testImages';
  return collapseImages(data, training, checked(read, source.path ?? path, option));

  function checked(images: Parameters<typeof labelled>[0], from: string, named: string): LabelledImages {
    checkImageData(data, images, meant, { path: from, option: named });
    return labelled(images, from);
  }
}
