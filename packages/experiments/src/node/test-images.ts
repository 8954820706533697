import { resolve } from 'node:path';
import { OptionError, wording } from '@agop/core';
import type { ImageSet } from '@agop/data';
import { type ImageFileOptions, isFolder, listImageFolder, readImageFile } from '@agop/data/node';
import type { NamedPath } from '../images.ts';
import { sayPath } from './named-path.ts';

/** Where images for testing are. */
export interface TestSource {
  /** Undefined: there are none. */
  readonly path: string | undefined;
  /** In a folder, which of its files are meant. */
  readonly part: 'train' | 'test';
  /** Whether a folder was given that has no files for testing, so that some images have to be held out. */
  readonly folderWithout: boolean;
}

/**
 * Where the images for testing are: at the path that an option names, else in the folder of the training
 * images.
 *
 * @param named what the option `option` says
 * @throws {StorageError} for paths that are not there
 * @throws {OptionError} if the option names the training images again
 */
export async function findTestImages(
  training: NamedPath,
  named: string | undefined,
  option: string,
): Promise<TestSource> {
  const isOwnFolder = await isFolder(training.path).catch(sayPath(training));
  const own = isOwnFolder ? await listImageFolder(training.path) : undefined;
  if (named === undefined) {
    const has = own !== undefined && own.test.length > 0;
    return { path: has ? training.path : undefined, part: 'test', folderWithout: own !== undefined && !has };
  }
  const isNamedFolder = await isFolder(named).catch(sayPath({ path: named, option }));
  const part = isNamedFolder && (await listImageFolder(named)).test.length === 0 ? 'train' : 'test';
  const isSame = resolve(named) === resolve(training.path) && (own === undefined || part === 'train');
  if (isSame) throw new OptionError(option, wording`${{ option }} names the training images again.`);
  return { path: named, part, folderWithout: false };
}

/** The images at a {@link TestSource}. */
export async function readTestImages(
  { path, part }: TestSource,
  options: ImageFileOptions = {},
): Promise<ImageSet | undefined> {
  return path === undefined ? undefined : readImageFile(path, { ...options, part });
}
