import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LabelledImages, noisyDigits, starImages } from '@agop/conv-rfm';
import { OptionError, randomPermutation, ValueError } from '@agop/core';
import type { ImageSet } from '@agop/data';
import { readImageFile } from '@agop/data/node';
import type { OptionValues } from '../options.ts';
import type { ConvSettings } from './settings.ts';

/** Images to learn from, and to be scored on. */
export interface ConvData {
  /** For people: the task, or the name of the file or folder. */
  readonly name: string;
  readonly training: LabelledImages;
  readonly test: LabelledImages | undefined;
}

/** Images of the star task, as published. */
const starSizes = { training: 50, test: 2050 } as const;
/** Images of the digits in noise. */
const digitSizes = { full: 4000, small: 1000 } as const;

/**
 * Reads, or makes, the images of a run.
 *
 * @throws {OptionError} for options that do not go together
 * @throws {StorageError | FormatError | ValueError} for files that cannot be read or used
 */
export async function readConvData(
  { task }: ConvSettings,
  options: OptionValues,
  seed: number,
): Promise<ConvData> {
  if (options.has('full') && task === undefined) throw new OptionError('full', '--full needs --task.');
  const counts = { limit: options.whole('limit', 2), test: options.whole('testLimit', 1) };
  if (task === 'star') return starTask(counts, seed);
  if (task === 'noisy-mnist') return digitTask(options, counts, seed);
  const path = options.text('data');
  if (path === undefined) {
    throw new OptionError('data', 'agop conv needs images: --data with a file or folder, or --task star.');
  }
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const testPath = options.text('test') ?? (isFolder ? path : undefined);
  const training = labelled(await readImageFile(path), path);
  const test = testPath && labelled(await readImageFile(testPath, { part: 'test' }), testPath);
  return {
    name: basename(resolve(path)),
    training: sample(training, counts.limit ?? 1000, seed, 0),
    test: test ? sample(test, counts.test ?? 1000, seed, 1) : undefined,
  };
}

type Counts = { readonly limit: number | undefined; readonly test: number | undefined };

function starTask({ limit, test }: Counts, seed: number): ConvData {
  const [n, m] = [limit ?? starSizes.training, test ?? starSizes.test];
  const all = starImages(n + m + ((n + m) % 2), seed);
  return { name: 'star', training: part(all, range(0, n)), test: part(all, range(n, n + m)) };
}

async function digitTask(options: OptionValues, { limit, test }: Counts, seed: number): Promise<ConvData> {
  const path = options.text('data') ?? findMnist();
  const count = options.has('full') ? digitSizes.full : digitSizes.small;
  const read = async (which: 'train' | 'test', most: number, stream: number): Promise<LabelledImages> => {
    const digits = labelled(await readImageFile(path, { part: which, limit: most }), path);
    return noisyDigits(digits, { seed: 2 * seed + stream });
  };
  return {
    name: 'noisy-mnist',
    training: await read('train', limit ?? count, 0),
    test: await read('test', test ?? count, 1),
  };
}

/** MNIST in the folder that `$AGOP_DATA` names, or in a folder `shared/data` beside the clone. */
function findMnist(): string {
  const chosen = process.env['AGOP_DATA'];
  const above = [dirname(fileURLToPath(import.meta.url)), process.cwd()].flatMap((start) => {
    const folders: string[] = [];
    for (let folder = start; ; folder = dirname(folder)) {
      folders.push(join(folder, 'shared/data'));
      if (folder === dirname(folder)) return folders;
    }
  });
  const places = chosen === undefined ? above : [chosen];
  const found = places.map((place) => join(place, 'images/mnist')).find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new OptionError('data', '--task noisy-mnist needs --data: the folder with the four files of MNIST.');
}

function labelled({ data, shape, labels }: ImageSet, path: string): LabelledImages {
  if (labels === undefined) {
    throw new ValueError(`${path} has no labels beside it, so that its images have no classes.`);
  }
  return { data, shape, labels };
}

/** A random choice of images, all of them where there are few enough; files are often sorted by class. */
function sample(images: LabelledImages, most: number, seed: number, stream: number): LabelledImages {
  const count = images.shape[0];
  if (count <= most) return images;
  return part(
    images,
    randomPermutation(count, { seed, stream: 2 ** 34 + stream })
      .slice(0, most)
      .sort(),
  );
}

function part({ data, shape, labels }: LabelledImages, rows: ArrayLike<number>): LabelledImages {
  const [, height, width, channels] = shape;
  const pixels = height * width * channels;
  const chosen = new Float32Array(rows.length * pixels);
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] as number) * pixels;
    chosen.set(data.subarray(from, from + pixels), i * pixels);
  }
  return {
    data: chosen,
    shape: [rows.length, height, width, channels],
    labels: Int32Array.from(rows, (row) => labels[row] as number),
  };
}

function range(begin: number, end: number): Int32Array {
  return Int32Array.from({ length: end - begin }, (_, i) => begin + i);
}
