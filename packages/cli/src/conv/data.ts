import { basename, resolve } from 'node:path';
import { type LabelledImages, noisyDigits, starImages } from '@agop/conv-rfm';
import { OptionError } from '@agop/core';
import { isFolder, locateDataset, readImageFile } from '@agop/data/node';
import { checkImageData } from '../images/image-data.ts';
import { findTestImages, readTestImages } from '../images/test-images.ts';
import type { OptionValues } from '../options.ts';
import { namedBy } from '../output/option-words.ts';
import { refuseOptions } from '../refuse-options.ts';
import { checkClasses, chooseImages, chooseTraining, holdTestOut, labelled, pick } from './choose-images.ts';
import type { ConvSettings } from './settings.ts';

/** Images to learn from, and to be scored on. */
export interface ConvData {
  /** For people: the task, or the name of the file or folder. */
  readonly name: string;
  readonly training: LabelledImages;
  readonly test: LabelledImages | undefined;
  /** Whether the test images were held out of the training files, as there were no others. */
  readonly testHeldOut: boolean;
}

/** Images of the star task, as published. */
const starSizes = { training: 50, test: 2050 } as const;
/** Images of the digits in noise. */
const digitSizes = { full: 4000, small: 1000 } as const;
/** Images of files at most, of each part. */
const defaultLimit = 1000;

/** Options that say nothing to a task. */
const strangers = { star: ['data', 'test', 'full'], 'noisy-mnist': ['test'] } as const;

/**
 * Reads, or makes, the images of a run.
 *
 * @throws {OptionError} for options that do not go together
 * @throws {StorageError | FormatError | ValueError} for files that cannot be read or used
 */
export async function readConvData(
  { task }: Pick<ConvSettings, 'task'>,
  options: OptionValues,
  seed: number,
): Promise<ConvData> {
  if (options.has('full') && task === undefined) {
    throw new OptionError('full', '--full needs --task noisy-mnist.');
  }
  if (task !== undefined) refuseOptions(options, strangers[task], `--task ${task}`);
  const counts = { limit: options.whole('limit', 2), test: options.whole('testLimit', 1) };
  if (counts.limit !== undefined && counts.test !== undefined) {
    refuseOptions(options, ['full'], '--limit and --test-limit, which say how many images there are');
  }
  const data = await readImages(task, options, counts, seed);
  if (data.test) checkClasses(data.training, data.test);
  return data;
}

type Counts = { readonly limit: number | undefined; readonly test: number | undefined };

function readImages(
  task: ConvSettings['task'],
  options: OptionValues,
  counts: Counts,
  seed: number,
): ConvData | Promise<ConvData> {
  if (task === 'star') return starTask(counts, seed);
  if (task === 'noisy-mnist') return digitTask(options, counts, seed);
  const path = options.text('data');
  if (path === undefined) {
    throw new OptionError(
      'data',
      'agop conv needs images: --data with a file or folder, or --task with star or noisy-mnist.',
    );
  }
  return imageFiles(path, options.text('test'), counts, seed);
}

async function imageFiles(
  path: string,
  named: string | undefined,
  counts: Counts,
  seed: number,
): Promise<ConvData> {
  const source = await findTestImages({ path, option: 'data' }, named, 'test');
  const { folderWithout: testHeldOut } = source;
  if (counts.test !== undefined && source.path === undefined && !testHeldOut) {
    throw new OptionError('testLimit', '--test-limit needs test images: name them with --test.');
  }
  const all = labelled(await readImageFile(path), path);
  const { training, test } = testHeldOut ? holdTestOut(all, seed, path) : { training: all, test: undefined };
  const read = await readTestImages(source);
  const scored = read ? labelled(read, source.path ?? path) : test;
  return {
    name: basename(resolve(path)),
    training: chooseTraining(training, counts.limit ?? defaultLimit, seed),
    test: scored && chooseImages(scored, counts.test ?? defaultLimit, seed, 1),
    testHeldOut,
  };
}

function starTask({ limit, test }: Counts, seed: number): ConvData {
  const [n, m] = [limit ?? starSizes.training, test ?? starSizes.test];
  const all = starImages(n + m + ((n + m) % 2), seed);
  return {
    name: 'star',
    training: pick(all, range(0, n)),
    test: pick(all, range(n, n + m)),
    testHeldOut: false,
  };
}

async function digitTask(options: OptionValues, { limit, test }: Counts, seed: number): Promise<ConvData> {
  const path = options.text('data') ?? locateDataset('mnist');
  if (path === undefined) {
    throw new OptionError(
      'data',
      '--task noisy-mnist needs --data: the folder with the four files of MNIST. (Or AGOP_DATA, the folder in which they lie as images/mnist.)',
    );
  }
  if (!(await isFolder(path).catch(namedBy('data', path)))) {
    throw new OptionError(
      'data',
      `--task noisy-mnist needs the folder with MNIST's training and test files as --data, but ${path} is a file.`,
    );
  }
  const count = options.has('full') ? digitSizes.full : digitSizes.small;
  const read = async (which: 'train' | 'test', most: number, stream: number): Promise<LabelledImages> => {
    const digits = await readImageFile(path, { part: which, limit: most });
    checkImageData('mnist', digits, '--task noisy-mnist', { path, option: 'data' });
    return noisyDigits(labelled(digits, path), { seed: 2 * seed + stream });
  };
  return {
    name: 'noisy-mnist',
    training: await read('train', limit ?? count, 0),
    test: await read('test', test ?? count, 1),
    testHeldOut: false,
  };
}

function range(begin: number, end: number): Int32Array {
  return Int32Array.from({ length: end - begin }, (_, i) => begin + i);
}
