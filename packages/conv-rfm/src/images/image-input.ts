import { DisposedError, DTypeError, isTensor, ShapeError, sizeOf, type Tensor, ValueError } from '@agop/core';
import { checkText, isListOf } from '@agop/core/options';
import { isTfTensor, type Rows, type ShapedArray, type TfTensorLike } from '@agop/estimators';
import type { ImageSize } from './geometry.ts';

/**
 * Images from the outside: `{ data, shape: [n, height, width, channels] }` with any typed array (gray images
 * may leave out the channels), a list of single images `{ data, shape: [height, width, channels] }`, a
 * `tf.Tensor4D`, or an agop tensor.
 */
export type ImageInput = ShapedArray | readonly ShapedArray[] | TfTensorLike | Tensor;

/** Which axis holds the channels: the last one, or the one after the images. */
export type ChannelAxis = 'last' | 'first';

/** Checked images on the host, a row each: channels last, every pixel finite. */
export interface HostImages extends ImageSize, Rows {
  /** [rows, height · width · channels]. May be the caller's own memory: read, never write. */
  readonly data: Float32Array | Float64Array;
}

/**
 * Turns every accepted form of images into one, checked once. Float arrays are not copied unless channels
 * come first.
 *
 * @param what its name, with which every message begins
 * @param axis where the channels are; undefined: last, and an error for shapes that look otherwise
 * @throws {ShapeError} for other ranks, mixed sizes, data that does not fill its shape, channels that look to
 *   be first
 * @throws {ValueError} for no images, and for pixels that are not finite numbers
 * @throws {DTypeError} for anything that is no images
 * @throws {DisposedError} for a tensor that has been disposed
 */
export async function toHostImages(input: ImageInput, what: string, axis?: ChannelAxis): Promise<HostImages> {
  checkText('what', what);
  const { data, shape } = await readImages(input, what);
  const [rows, a, b, c] = (shape.length === 3 ? [...shape, 1] : shape) as [number, number, number, number];
  const columns = a * b * c;
  if (rows === 0) throw new ValueError(`${what} is empty: it has no images.`);
  if (columns === 0) throw new ShapeError(`${what} has images without pixels: [${shape.join(', ')}].`);
  if (shape.length === 4 && axis === undefined) checkChannelsLast(shape, what);
  const first = shape.length === 4 && axis === 'first';
  const size = first ? { height: b, width: c, channels: a } : { height: a, width: b, channels: c };
  checkFinite(data, size, what, first);
  return { ...size, rows, columns, data: first ? channelsToLast(data, rows, size) : data };
}

interface RawImages {
  readonly data: Float32Array | Float64Array;
  readonly shape: readonly number[];
}

/** `input` is looked at as unknown: callers without types pass anything. */
async function readImages(input: unknown, what: string): Promise<RawImages> {
  const expected = 'images [n, height, width, channels], or [n, height, width] for gray ones,';
  const several = (array: ShapedArray): RawImages => {
    const { data, shape } = checked(array, 3, expected, what);
    const isFloat = data instanceof Float32Array || data instanceof Float64Array;
    // Small integers are exact in float32.
    const isSmall =
      ArrayBuffer.isView(data) && 'BYTES_PER_ELEMENT' in data && Number(data.BYTES_PER_ELEMENT) <= 2;
    return { data: isFloat ? data : isSmall ? Float32Array.from(data) : Float64Array.from(data), shape };
  };
  if (isTensor(input)) return several({ data: await input.read(), shape: input.shape });
  if (isTfTensor(input)) {
    if ('isDisposed' in input && input.isDisposed === true) throw new DisposedError(`${what}: a tf.Tensor`);
    return several({ data: await input.data(), shape: input.shape });
  }
  if (Array.isArray(input)) return joined(input, what);
  if (isShaped(input)) return several(input);
  throw new DTypeError(
    `${what} must be images: { data, shape: [n, height, width, channels] }, a list of single images, ` +
      'a tf.Tensor4D or an agop tensor.',
  );
}

/** Single images of one size. */
function joined(images: readonly unknown[], what: string): RawImages {
  const list: ShapedArray[] = [];
  // Not by `map`, which looks for the elements of a list that has none, however long it says it is.
  for (let index = 0; index < images.length; index++) {
    const image = images[index];
    if (!isShaped(image)) {
      throw new DTypeError(`${what}: image ${index} (counted from 0) must be { data, shape }.`);
    }
    list.push(checked(image, 2, '[height, width, channels],', `${what}: image ${index}`));
  }
  const first = list[0];
  if (!first) throw new ValueError(`${what} is empty: it has no images.`);
  const data = new Float64Array(list.length * first.data.length);
  for (const [index, image] of list.entries()) {
    if (image.shape.join() !== first.shape.join()) {
      throw new ShapeError(
        `${what} has images of mixed sizes: image ${index} (counted from 0) is ${image.shape.join(' x ')}, ` +
          `the ones before it ${first.shape.join(' x ')}. Bring them to one size.`,
      );
    }
    data.set(image.data, index * first.data.length);
  }
  return { data, shape: [list.length, ...first.shape] };
}

/** Elements that fill a shape of so many axes, or of one more. */
function checked(
  { data, shape }: ShapedArray,
  axes: number,
  expected: string,
  what: string,
): { readonly data: ArrayLike<number>; readonly shape: readonly number[] } {
  if (shape.length !== axes && shape.length !== axes + 1) {
    throw new ShapeError(`${what} must be ${expected} but has shape [${shape.join(', ')}].`);
  }
  const size = sizeOf(shape);
  if (data.length !== size) {
    throw new ShapeError(
      `${what} has ${data.length} elements, which do not fill its shape [${shape.join(', ')}] of ${size}.`,
    );
  }
  return { data, shape: axes === 2 && shape.length === 2 ? [...shape, 1] : shape };
}

/** Images with few rows and many channels are most likely turned. */
function checkChannelsLast(shape: readonly number[], what: string): void {
  const [, second, third, last] = shape as [number, number, number, number];
  if (second > 4 || last <= 4 || third <= 4) return;
  throw new ShapeError(
    `${what} has shape [${shape.join(', ')}], which looks like [n, channels, height, width]; ` +
      '[n, height, width, channels] is expected. ' +
      "Set `channels: 'first'` to have it turned, or `channels: 'last'` if it is as it should be.",
  );
}

function checkFinite(
  data: ArrayLike<number>,
  { height, width, channels }: ImageSize,
  what: string,
  first: boolean,
): void {
  for (let at = 0; at < data.length; at++) {
    if (Number.isFinite(data[at])) continue;
    const image = Math.floor(at / (height * width * channels));
    const rest = at % (height * width * channels);
    const pixel = first ? rest % (height * width) : Math.floor(rest / channels);
    const channel = first ? Math.floor(rest / (height * width)) : rest % channels;
    throw new ValueError(
      `${what} has the value ${data[at]} in image ${image}, row ${Math.floor(pixel / width)}, ` +
        `column ${pixel % width}, channel ${channel} (counted from 0). ` +
        'Remove such images or fill in the pixels.',
      { row: image },
    );
  }
}

function channelsToLast(
  data: Float32Array | Float64Array,
  count: number,
  { height, width, channels }: ImageSize,
): Float32Array | Float64Array {
  const plane = height * width;
  const out = data.slice();
  for (let image = 0; image < count; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (image * channels + channel) * plane;
      for (let p = 0; p < plane; p++)
        out[(image * plane + p) * channels + channel] = data[from + p] as number;
    }
  }
  return out;
}

function isShaped(value: unknown): value is ShapedArray {
  if (typeof value !== 'object' || value === null || !('data' in value) || !('shape' in value)) return false;
  const { data, shape } = value;
  const isArray = Array.isArray(data) || (ArrayBuffer.isView(data) && !(data instanceof DataView));
  return (
    isArray &&
    Array.isArray(shape) &&
    isListOf(shape, (length) => Number.isSafeInteger(length) && Number(length) >= 0)
  );
}
