import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageError } from '@agop/core';
import { pathText } from './read-file.ts';

/** Names of IDX files of images. */
export const idxImages = /images[-.]idx[34]-ubyte(\.gz)?$/;
/** Names of files of image records. */
export const imageRecords = /\.bin(\.gz)?$/;

/**
 * The image files of a folder. Files whose names differ in numbers only, such as `data_batch_1.bin` and
 * `data_batch_2.bin`, belong together.
 */
export interface ImageFolder {
  /** Paths of the training files, in the order of their numbers. */
  readonly train: readonly string[];
  /** Paths of the files whose names begin with `test` or `t10k`; empty where there are none. */
  readonly test: readonly string[];
}

/**
 * Whether a path is a folder.
 *
 * @throws {StorageError} if there is neither a file nor a folder
 */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const reason =
      code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such file or folder' : String(code ?? cause);
    throw new StorageError({ path: pathText(path), reason }, { cause });
  }
}

/**
 * Finds the image files of a folder: IDX files and files of records, for training and for testing.
 *
 * @throws {StorageError} if the folder cannot be read, or has several image files for a part that do not
 *   belong together
 */
export async function listImageFolder(folder: string): Promise<ImageFolder> {
  const all = await readdir(folder).catch((cause: unknown) => {
    throw new StorageError(`Cannot read the folder ${pathText(folder)}.`, { cause });
  });
  const images = all.filter((name) => idxImages.test(name) || imageRecords.test(name));
  // Of a file and the same file compressed, one is enough.
  const names = images.filter((name) => !(name.endsWith('.gz') && images.includes(name.slice(0, -3))));
  const isTest = (name: string): boolean => /^(test|t10k)/.test(name);
  return {
    train: together(
      folder,
      'training',
      names.filter((name) => !isTest(name)),
    ),
    test: together(folder, 'test', names.filter(isTest)),
  };
}

function together(folder: string, part: string, names: readonly string[]): string[] {
  const sorted = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const patterns = new Set(sorted.map((name) => name.replace(/\.gz$/, '').replace(/\d+/g, '#')));
  const [first = ''] = sorted;
  if (patterns.size > 1 || (sorted.length > 1 && !imageRecords.test(first))) {
    throw new StorageError(
      `${folder} has several image files for the ${part} part (${sorted.join(', ')}), and it is not clear which is meant. Name one of them.`,
    );
  }
  return sorted.map((name) => join(folder, name));
}
