import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { FormatError, StorageError } from '@agop/core';
import { checkObject } from '@agop/core/options';
import { type RecordLayout, readCifar } from '../images/cifar.ts';
import { readIdxImages } from '../images/idx.ts';
import { concatenateImages, type ImageSelection, type ImageSet } from '../images/image-set.ts';
import { idxImages, imageRecords, isFolder, listImageFolder } from './image-folder.ts';
import { readFileBytes } from './read-file.ts';

/** Names of the files of CIFAR-10's binary version, which has ten classes. */
const cifar10 = /^(data_batch_\d+|test_batch)\.bin(\.gz)?$/;

/** How {@link readImageFile} finds its files. */
export interface ImageFileOptions extends RecordLayout, ImageSelection {
  /** In a folder that holds both, which part to read. Default `train`. */
  readonly part?: 'train' | 'test';
  /**
   * Label file of an IDX file. Default: the file of the same name with `labels-idx1` for `images-idx3`, if
   * there is one.
   */
  readonly labels?: string;
}

/**
 * Reads images from an IDX file (`…images-idx3-ubyte`), a file of CIFAR-10 records (`….bin`), both also as
 * `.gz`, or a folder that holds such files: those for testing are called `test…` or `t10k…`, those for
 * training otherwise. Several files of records whose names differ in numbers only (`data_batch_1.bin` to
 * `data_batch_5.bin`) are read one after the other. Files with the names of CIFAR-10 have 10 classes unless
 * `classes` says otherwise.
 *
 * @throws {StorageError} if a file cannot be read, or a folder has no file for the part, or several that do
 *   not belong together
 * @throws {FormatError} if a file is not what its name says
 * @throws {ValueError} if there are no images
 */
export async function readImageFile(path: string, options: ImageFileOptions = {}): Promise<ImageSet> {
  checkObject('readImageFile()', options);
  if (!(await isFolder(path))) return readOne(path, options);
  const part = options.part ?? 'train';
  const folder = await listImageFolder(path);
  const files = folder[part];
  if (files.length === 0) {
    const [other] = part === 'train' ? folder.test : [];
    const hint =
      other === undefined
        ? ''
        : ` By its name, ${basename(other)} is for testing; name the file itself to read it.`;
    throw new StorageError(
      `${path} has no image file for the ${part} part ('…images-idx3-ubyte' or '….bin', also .gz).${hint}`,
    );
  }
  const { limit = Number.POSITIVE_INFINITY } = options;
  const sets: ImageSet[] = [];
  let count = 0;
  for (const file of files) {
    if (sets.length > 0 && count >= limit) break;
    const set = await readOne(file, {
      ...options,
      ...(options.limit !== undefined && { limit: limit - count }),
    });
    sets.push(set);
    count += set.shape[0];
  }
  return concatenateImages(sets);
}

async function readOne(file: string, options: ImageFileOptions): Promise<ImageSet> {
  if (imageRecords.test(file)) {
    const classes = cifar10.test(basename(file)) ? { classes: 10 } : {};
    return readCifar(await readFileBytes(file), { name: file, ...classes, ...options });
  }
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

async function existing(path: string): Promise<string | undefined> {
  return (await stat(path).catch(() => undefined)) === undefined ? undefined : path;
}
