import { OptionError, ValueError } from '@agop/core';
import { type ImageSet, splitRows } from '@agop/data';
import { locateDataset, readImageFile } from '@agop/data/node';
import { checkImageData, type ImageData } from '../images/image-data.ts';
import { findTestImages, readTestImages } from '../images/test-images.ts';
import { imageAttachments } from '../model/attachments.ts';
import type { OptionValues } from '../options.ts';
import { refuseOptions, tableOptionNames } from '../refuse-options.ts';
import type { CollapseData, LabelledRows } from './labelled-rows.ts';
import { splitOptions } from './settings.ts';

/** Training images that are used unless `--samples` says otherwise. */
const defaultSamples = { mnist: 5000, cifar10: 3000 } as const satisfies Readonly<Record<ImageData, number>>;

/**
 * Reads the images of a data set: the first ones of its training and its test files, or of one file, a part of which is
 * held out.
 *
 * @throws {OptionError} for options that do not go together, paths that are needed and missing, or images of another kind
 * @throws {StorageError | FormatError | ValueError} for files that cannot be read or used
 */
export async function readImages(data: ImageData, options: OptionValues): Promise<CollapseData> {
  refuseOptions(options, ['target', ...tableOptionNames], `--data ${data}, which is images`);
  const path = options.text('images') ?? locateDataset(data);
  if (path === undefined) {
    throw new OptionError(
      'images',
      `--data ${data} needs --images: the path of its image file, or of the folder with its files. (Or AGOP_DATA, the folder in which they lie as images/${data}.)`,
    );
  }
  const limit = options.whole('samples', 2) ?? defaultSamples[data];
  const testLimit = options.whole('testSamples', 2);
  const source = await findTestImages({ path, option: 'images' }, options.text('testImages'), 'testImages');
  const read = await readTestImages(source, { limit: testLimit ?? 1000 });
  if (read === undefined) {
    if (testLimit !== undefined) {
      throw new OptionError(
        'testSamples',
        '--test-samples needs test images; a part is held out by --validation.',
      );
    }
    return holdOut(data, path, await readImageFile(path, { limit }), source.folderWithout, options);
  }
  refuseOptions(options, ['validation'], 'test images, which are what is held out');
  const training = rowsOf(data, await readImageFile(path, { limit }), path);
  const heldOption = options.text('testImages') === undefined ? 'images' : 'testImages';
  const held = rowsOf(data, read, source.path ?? path, heldOption);
  checkClasses(training, held);
  return { name: data, training, held, ...about(read) };
}

function holdOut(
  data: ImageData,
  path: string,
  images: ImageSet,
  isFolder: boolean,
  options: OptionValues,
): CollapseData {
  const all = rowsOf(data, images, path);
  const { train, test } = splitRows(all.y.length, { ...splitOptions(options), stratify: all.y as number[] });
  const remark = isFolder
    ? {
        remark: `${path} has no test images: ${test.length} of ${all.y.length} images are held out (--validation).`,
      }
    : {};
  return { name: data, training: chosen(all, train), held: chosen(all, test), ...about(images), ...remark };
}

function about({ shape: [, height, width, channels] }: ImageSet): Pick<CollapseData, 'attachments'> {
  return { attachments: imageAttachments({ height, width, channels }) };
}

/** Images as rows of pixels. */
function rowsOf(data: ImageData, images: ImageSet, path: string, option = 'images'): LabelledRows {
  checkImageData(data, images, `--data ${data}`, { path, option });
  const { data: pixels, shape, labels } = images;
  const [count, ...size] = shape;
  if (labels === undefined) {
    throw new ValueError(`${path} has no labels beside it, so that its images have no classes.`);
  }
  return {
    x: { data: pixels, shape: [count, size.reduce((product, length) => product * length, 1)] },
    y: Array.from(labels),
  };
}

function checkClasses(training: LabelledRows, held: LabelledRows): void {
  const known = new Set(training.y);
  const strange = held.y.find((label) => !known.has(label));
  if (strange === undefined) return;
  throw new ValueError(
    `Held-out images have class ${strange}, which none of the first ${training.y.length} training images has. Raise --samples.`,
  );
}

function chosen({ x, y }: LabelledRows, rows: Int32Array): LabelledRows {
  const width = x.shape[1] as number;
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    for (let j = 0; j < width; j++) data[i * width + j] = x.data[row * width + j] as number;
  });
  return { x: { data, shape: [rows.length, width] }, y: Array.from(rows, (row) => y[row] as number) };
}
