import { basename } from 'node:path';
import { ShapeError } from '@agop/core';
import type { ImageSet } from '@agop/data';
import { isFolder, listImageFolder, readImageFile } from '@agop/data/node';
import { refuse } from '@agop/experiments/options';
import type { Context } from '../command.ts';
import { refuseTableOptions } from '../table/table-options.ts';
import type { PredictOptions } from './predict-options.ts';

/** Size of the images of a model. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** `28 x 28 x 1`. */
export function sizeText({ height, width, channels }: ImageSize): string {
  return `${height} x ${width} x ${channels}`;
}

/** @throws {OptionError} for options that mean nothing to images */
export function refuseForImages(options: PredictOptions): void {
  const { keep, rowNumbers, outside } = options;
  const given = {
    ...options,
    keep: keep[0],
    rowNumbers: rowNumbers || undefined,
    outside: outside || undefined,
  };
  refuse(given, ['unknown', 'keep', 'rowNumbers', 'outside'], ['a model of images']);
  refuseTableOptions(options, ['a model of images']);
}

/**
 * Reads images to be predicted: of a file, or of a folder's test files, else its only ones.
 *
 * @param image size of those that the model was made on
 * @throws {ShapeError} for images of another size
 * @throws {StorageError} for files that cannot be read
 */
export async function readModelImages(path: string, image: ImageSize, context: Context): Promise<ImageSet> {
  context.status(`Reading ${basename(path)}`);
  const images = await readImages(path, context);
  const [, height, width, channels] = images.shape;
  const [expected, found] = [sizeText(image), sizeText({ height, width, channels })];
  if (found === expected) return images;
  throw new ShapeError(
    `The model was made on images of ${expected} (height x width x channels), but those of ${path} are ${found}.`,
  );
}

async function readImages(path: string, context: Context): Promise<ImageSet> {
  if (!(await isFolder(path))) return readImageFile(path);
  const part = (await listImageFolder(path)).test.length > 0 ? 'test' : 'train';
  const images = await readImageFile(path, { part });
  if (part === 'test') context.note(`agop: these are the ${images.shape[0]} test images of ${path}.`);
  return images;
}
