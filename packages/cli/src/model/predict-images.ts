import { basename } from 'node:path';
import type { ImageSize } from '@agop/conv-rfm';
import { FormatError, ShapeError } from '@agop/core';
import type { ImageSet } from '@agop/data';
import { isFolder, listImageFolder, readImageFile } from '@agop/data/node';
import { formatPercent } from '@agop/report';
import { dtypeOption, openBackend } from '../backends/backends.ts';
import type { Context } from '../command.ts';
import type { OptionValues } from '../options.ts';
import { refuseOptions, tableOptionNames } from '../refuse-options.ts';
import type { SavedConvModel, SavedNetwork } from './open-model.ts';
import { classPredictions, type Predictions } from './predictions.ts';

/** What of these images is known, in words. */
const known = 'images, whose classes are known';

/**
 * Predicts the classes of images: of a file, or of a folder's test files, else its only ones.
 *
 * @throws {ShapeError} for images of another size than those that the model was made on
 * @throws {FormatError} for a model that no command can use
 * @throws {StorageError} for files that cannot be read
 */
export async function predictImages(
  path: string,
  saved: SavedConvModel | SavedNetwork,
  options: OptionValues,
  context: Context,
): Promise<Predictions> {
  refuseOptions(options, ['unknown', ...tableOptionNames], 'a model of images');
  if (saved.kind === 'collapse') refuseOptions(options, ['probabilities'], 'a model of agop collapse');
  context.status(`Reading ${basename(path)}`);
  const images = await readImages(path, context);
  if (saved.image) checkSize(images, saved.image, path);
  return saved.kind === 'conv'
    ? predictConv(images, saved, options, context)
    : predictNetwork(images, saved, options, context);
}

async function readImages(path: string, context: Context): Promise<ImageSet> {
  if (!(await isFolder(path))) return readImageFile(path);
  const part = (await listImageFolder(path)).test.length > 0 ? 'test' : 'train';
  const images = await readImageFile(path, { part });
  if (part === 'test') context.note(`agop: these are the ${images.shape[0]} test images of ${path}.`);
  return images;
}

function checkSize({ shape: [, height, width, channels] }: ImageSet, image: ImageSize, path: string): void {
  if (height === image.height && width === image.width && channels === image.channels) return;
  throw new ShapeError(
    `The model was made on images of ${image.height} x ${image.width} x ${image.channels} (height x width x channels), but those of ${path} are ${height} x ${width} x ${channels}.`,
  );
}

async function predictConv(
  { data, shape, labels: truth }: ImageSet,
  { description, load }: SavedConvModel,
  options: OptionValues,
  context: Context,
): Promise<Predictions> {
  if (description.task !== 'classification') {
    throw new FormatError(
      'This model is a regression of images, saved by a program: use ConvRFMRegressor.load of @agop/conv-rfm.',
    );
  }
  using backend = await openBackend(options);
  using model = await load(backend, dtypeOption(options));
  const x = { data, shape };
  const onProgress = (fraction: number): void =>
    context.status(`Predicting ${shape[0]} images (${formatPercent(fraction)})`);
  const labels = await model.predict(x, { onProgress });
  if (!options.has('probabilities')) return classPredictions(labels, 'class', truth, known);
  const values = await model.predictProba(x, { onProgress });
  return classPredictions(labels, 'class', truth, known, { classes: model.classes, values });
}

async function predictNetwork(
  { data, shape: [count, height, width, channels], labels: truth }: ImageSet,
  saved: SavedNetwork,
  options: OptionValues,
  context: Context,
): Promise<Predictions> {
  using backend = await openBackend(options);
  using model = await saved.load(backend, dtypeOption(options));
  context.status(`Predicting ${count} images`);
  const labels = await model.predict({ data, shape: [count, height * width * channels] });
  return classPredictions(labels, 'class', truth, known);
}
