import { FormatError, ValueError } from '@agop/core';
import { checkObject } from '@agop/core/options';
import { type Bytes, readBytes } from '../bytes/gunzip.ts';
import { type ImageSelection, type ImageSet, selectedCount } from './image-set.ts';

/**
 * An array of an IDX file, the format of MNIST (Y. LeCun: a type byte, the number of axes, big-endian sizes).
 */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

const elementTypes = new Map([
  [0x08, { bytes: 1, make: (n: number) => new Uint8Array(n), get: 'getUint8' }],
  [0x09, { bytes: 1, make: (n: number) => new Int8Array(n), get: 'getInt8' }],
  [0x0b, { bytes: 2, make: (n: number) => new Int16Array(n), get: 'getInt16' }],
  [0x0c, { bytes: 4, make: (n: number) => new Int32Array(n), get: 'getInt32' }],
  [0x0d, { bytes: 4, make: (n: number) => new Float32Array(n), get: 'getFloat32' }],
  [0x0e, { bytes: 8, make: (n: number) => new Float64Array(n), get: 'getFloat64' }],
] as const);

/**
 * Reads an IDX file (gzip allowed).
 *
 * @throws {FormatError} if it is another kind of file, or not as long as its header says
 */
export async function readIdx(source: Bytes, name = 'IDX file'): Promise<IdxArray> {
  const bytes = await readBytes(source, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = elementTypes.get((bytes[2] ?? 0) as 0x08);
  const axes = bytes[3] ?? 0;
  if (bytes.length < 8 || bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || axes === 0) {
    throw new FormatError(`${name} is not an IDX file (MNIST's format): its first bytes are wrong.`);
  }
  const header = 4 + 4 * axes;
  if (bytes.length < header) throw new FormatError(`${name} is cut off: it ends within its header.`);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, size) => product * size, 1);
  const expected = header + count * type.bytes;
  if (bytes.length !== expected) {
    const what = bytes.length < expected ? 'cut off' : 'too long';
    throw new FormatError(
      `${name} is ${what}: its header announces ${shape.join(' x ')} values, ${expected} bytes in all, but it has ` +
        `${bytes.length}.`,
    );
  }
  if (type.get === 'getUint8') return { shape, data: bytes.subarray(header) };
  const data = type.make(count);
  for (let i = 0; i < count; i++) data[i] = view[type.get](header + i * type.bytes, false);
  return { shape, data };
}

/**
 * Reads images, and their labels if given, from IDX files of unsigned bytes: count x height x width (one
 * channel) or count x height x width x channels.
 *
 * @throws {FormatError} if a file is not such a file, or the label file is for another number of images
 * @throws {ValueError} if there are no images
 */
export async function readIdxImages(
  images: Bytes,
  labels?: Bytes,
  options: ImageSelection & { readonly name?: string; readonly labelsName?: string } = {},
): Promise<ImageSet> {
  checkObject('readIdxImages()', options);
  const name = options.name ?? 'image file';
  const { shape, data } = await readIdx(images, name);
  const [count, height, width, channels = 1] = shape;
  if (count === undefined || height === undefined || width === undefined || shape.length > 4) {
    throw new FormatError(
      `${name} holds an array with ${shape.length} axes, not images. Are these the labels?`,
    );
  }
  if (!(data instanceof Uint8Array))
    throw new FormatError(`${name} holds other numbers than bytes, so no pixels.`);
  const kept = selectedCount(count, options);
  if (kept === 0) throw new ValueError(`${name} has no images.`);
  const pixels = new Float32Array(kept * height * width * channels);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (data[i] as number) / 255;
  const set = { data: pixels, shape: [kept, height, width, channels] as const };
  if (labels === undefined) return set;
  return { ...set, labels: await readIdxLabels(labels, count, kept, options.labelsName ?? 'label file') };
}

async function readIdxLabels(source: Bytes, count: number, kept: number, name: string): Promise<Int32Array> {
  const { shape, data } = await readIdx(source, name);
  if (shape.length !== 1)
    throw new FormatError(`${name} holds an array with ${shape.length} axes, not labels.`);
  if (data.length !== count) {
    throw new FormatError(
      `${name} has ${data.length} labels, but there are ${count} images. Do the files belong together?`,
    );
  }
  return Int32Array.from(data.subarray(0, kept));
}
