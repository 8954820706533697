import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FormatError, StorageError } from '@agop/core';
import { type RecordLayout, readCifar } from '../images/cifar.ts';
import { readIdxImages } from '../images/idx.ts';
import type { ImageSelection, ImageSet } from '../images/image-set.ts';
import { readFileBytes } from './read-file.ts';

const idxImages = /images[-.]idx[34]-ubyte(\.gz)?$/;
const records = /\.bin(\.gz)?$/;

/** How {@link readImageFile} finds its files. */
export interface ImageFileOptions extends RecordLayout, ImageSelection {
  /** In a folder that holds both, which part to read. Default `train`. */
  readonly part?: 'train' | 'test';
  /** Label file of an IDX file. Default: the file of the same name with `labels-idx1` for `images-idx3`, if there is one. */
  readonly labels?: string;
}

/**
 * Reads images from an IDX file (`…images-idx3-ubyte`), a file of CIFAR-10 records (`….bin`), both also as `.gz`, or a
 * folder that holds such files for training (`train…`, `data_batch…`) and testing (`test…`, `t10k…`).
 *
 * @throws {StorageError} if a file cannot be read or a folder has no such file
 * @throws {FormatError} if a file is not what its name says
 */
export async function readImageFile(path: string, options: ImageFileOptions = {}): Promise<ImageSet> {
  const file = (await isFolder(path)) ? await findInFolder(path, options.part ?? 'train') : path;
  if (records.test(file)) return readCifar(await readFileBytes(file), { name: file, ...options });
  if (!idxImages.test(file)) {
    throw new FormatError(
      `${file} is not recognised as images: the name should end with 'images-idx3-ubyte' or '.bin'.`,
    );
  }
  const labelsName = options.labels ?? (await existing(file.replace(/images([-.])idx[34]/, 'labels$1idx1')));
  const labels = labelsName === undefined ? undefined : await readFileBytes(labelsName);
  const names = { name: file, labelsName: labelsName ?? 'label file' };
  return readIdxImages(await readFileBytes(file), labels, { ...names, ...options });
}

async function findInFolder(folder: string, part: 'train' | 'test'): Promise<string> {
  const names = (await readdir(folder))
    .toSorted()
    .filter((name) => idxImages.test(name) || records.test(name));
  const isTest = (name: string) => /^(test|t10k)/.test(name);
  const found =
    names.find((name) => isTest(name) === (part === 'test')) ?? (names.length === 1 ? names[0] : undefined);
  if (found !== undefined) return join(folder, found);
  throw new StorageError(
    `${folder} has no image file for the ${part} part ('…images-idx3-ubyte' or '….bin', also .gz).`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function existing(path: string): Promise<string | undefined> {
  return (await stat(path).catch(() => undefined)) === undefined ? undefined : path;
}
