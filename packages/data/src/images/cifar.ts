import { FormatError } from '@agop/core';
import { checkObject, checkWhole } from '@agop/core/options';
import { type Bytes, readBytes } from '../bytes/gunzip.ts';
import { type ImageSelection, type ImageSet, selectedCount } from './image-set.ts';

/** Layout of a file of image records. The defaults are those of the binary version of CIFAR-10. */
export interface RecordLayout {
  /** Pixels. Default 32. */
  readonly height?: number;
  /** Pixels. Default 32. */
  readonly width?: number;
  /** Default 3. */
  readonly channels?: number;
  /** Label bytes before the pixels, the last being the label (2 in CIFAR-100: coarse, fine). Default 1. */
  readonly labelBytes?: number;
  /** Number of classes; a larger label means that the file is something else. Default 256: every byte. */
  readonly classes?: number;
}

/**
 * Reads the layout of CIFAR-10's binary version (A. Krizhevsky, 2009; gzip allowed): records of a label byte
 * and the pixels, one byte each, first all of channel 0 row by row, then channel 1, …
 *
 * @throws {FormatError} if the length is not a whole number of records, or a label is not below `classes`
 * @throws {OptionError} if a size is not a positive integer
 */
export async function readCifar(
  source: Bytes,
  options: RecordLayout & ImageSelection & { readonly name?: string } = {},
): Promise<ImageSet> {
  const {
    height = 32,
    width = 32,
    channels = 3,
    labelBytes = 1,
    classes = 256,
    name = 'image file',
  } = checkObject('readCifar()', options);
  for (const [option, value] of Object.entries({ height, width, channels, labelBytes, classes })) {
    checkWhole(option, value, 1);
  }
  const bytes = await readBytes(source, name);
  const plane = height * width;
  const record = labelBytes + plane * channels;
  const rest = bytes.length % record;
  if (bytes.length === 0 || rest !== 0) {
    throw new FormatError(
      `${name} has ${bytes.length} bytes, which is not a whole number of records of ${record} bytes (${labelBytes} for ` +
        `the label, ${height} x ${width} x ${channels} pixels). It is cut off, or another kind of file.`,
    );
  }
  const count = selectedCount(bytes.length / record, options);
  const data = new Float32Array(count * plane * channels);
  const labels = new Int32Array(count);
  for (let image = 0; image < count; image++) {
    const start = image * record + labelBytes;
    const label = bytes[start - 1] as number;
    if (label >= classes) {
      throw new FormatError(`${name}: image ${image} has label ${label}, but there are ${classes} classes.`);
    }
    labels[image] = label;
    const out = image * plane * channels;
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < plane; pixel++) {
        data[out + pixel * channels + channel] = (bytes[start + channel * plane + pixel] as number) / 255;
      }
    }
  }
  return { data, shape: [count, height, width, channels], labels };
}
