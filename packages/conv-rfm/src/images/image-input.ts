import { DisposedError, DTypeError, isTensor, ShapeError, type Tensor, ValueError } from '@agop/core';
import { type InputKind, isTfTensor, type ShapedArray, type TfTensorLike } from '@agop/estimators';
import type { ImageSize } from './geometry.ts';

/**
 * Images from the outside: `{ data, shape: [n, height, width, channels] }` with any typed array (grey images may leave out the channels), a
 * list of single images `{ data, shape: [height, width, channels] }`, a `tf.Tensor4D`, or an agop tensor.
 */
export type ImageInput = ShapedArray | readonly ShapedArray[] | TfTensorLike | Tensor;

/** Which axis holds the channels: the last one, or the one after the images. */
export type ChannelAxis = 'last' | 'first';

/** Checked images on the host, channels last, every pixel finite. */
export interface HostImages extends ImageSize {
  /** May be the caller's own memory: read, never write. */
  readonly data: Float32Array | Float64Array;
  readonly count: number;
  /** `tfjs` for a `tf.Tensor`, `tensor` for an agop tensor, else `array`. */
  readonly kind: InputKind;
}

/**
 * Turns every accepted form of images into one, checked once. Float arrays are not copied unless channels come first.
 *
 * @param what its name, with which every message begins
 * @param axis where the channels are; undefined: last, and an error for shapes that look otherwise
 * @throws {ShapeError} for other ranks, mixed sizes, data that does not fill its shape, channels that look to be first
 * @throws {ValueError} for no images, and for pixels that are not finite numbers
 * @throws {DTypeError} {DisposedError}
 */
export async function toHostImages(input: ImageInput, what: string, axis?: ChannelAxis): Promise<HostImages> {
  const { data, shape, kind } = await readImages(input, what);
  const [count, a, b, c] = (shape.length === 3 ? [...shape, 1] : shape) as [number, number, number, number];
  if (count === 0) throw new ValueError(`${what} is empty: it has no images.`);
  if (a * b * c === 0) throw new ShapeError(`${what} has images without pixels: [${shape.join(', ')}].`);
  if (shape.length === 4 && axis === undefined) checkChannelsLast(shape, what);
  const first = shape.length === 4 && axis === 'first';
  const size = first ? { height: b, width: c, channels: a } : { height: a, width: b, channels: c };
  checkFinite(data, size, what, first);
  return { ...size, count, kind, data: first ? channelsToLast(data, count, size) : data };
}

interface RawImages {
  readonly data: Float32Array | Float64Array;
  readonly shape: readonly number[];
  readonly kind: InputKind;
}

/** `input` is looked at as unknown: callers without types pass anything. */
async function readImages(input: unknown, what: string): Promise<RawImages> {
  if (isTensor(input)) return checkedShape(await input.read(), input.shape, 'tensor', what);
  if (isTfTensor(input)) {
    if ('isDisposed' in input && input.isDisposed === true) throw new DisposedError(`${what}: a tf.Tensor`);
    return checkedShape(await input.data(), input.shape, 'tfjs', what);
  }
  if (Array.isArray(input)) return joined(input, what);
  if (isShaped(input)) return checkedShape(input.data, input.shape, 'array', what);
  throw new DTypeError(
    `${what} must be images: { data, shape: [n, height, width, channels] }, a list of single images, a tf.Tensor4D or an agop tensor.`,
  );
}

/** Single images of one size. */
function joined(images: readonly unknown[], what: string): RawImages {
  const list = images.map((image, index) => {
    if (isShaped(image)) return checkedImage(image, `${what}: image ${index}`);
    throw new DTypeError(`${what}: image ${index} (counted from 0) must be { data, shape }.`);
  });
  const first = list[0];
  if (!first) throw new ValueError(`${what} is empty: it has no images.`);
  for (const [index, { shape }] of list.entries()) {
    if (shape.join() !== first.shape.join()) {
      throw new ShapeError(
        `${what} has images of mixed sizes: image ${index} (counted from 0) is ${shape.join(' x ')}, the ones before it ${first.shape.join(' x ')}. Bring them to one size.`,
      );
    }
  }
  const length = first.data.length;
  const data = new Float64Array(list.length * length);
  for (const [index, image] of list.entries()) data.set(image.data, index * length);
  return { data, shape: [list.length, ...first.shape], kind: 'array' };
}

function checkedImage(
  { data, shape }: ShapedArray,
  what: string,
): { data: ArrayLike<number>; shape: number[] } {
  if (shape.length !== 2 && shape.length !== 3) {
    throw new ShapeError(`${what} must be [height, width, channels], but has shape [${shape.join(', ')}].`);
  }
  const whole = shape.length === 2 ? [...shape, 1] : [...shape];
  checkLength(data, whole, what);
  return { data, shape: whole };
}

function checkedShape(
  data: ArrayLike<number>,
  shape: readonly number[],
  kind: InputKind,
  what: string,
): RawImages {
  if (shape.length !== 4 && shape.length !== 3) {
    throw new ShapeError(
      `${what} must be images [n, height, width, channels], or [n, height, width] for grey ones, but has shape [${shape.join(', ')}].`,
    );
  }
  checkLength(data, shape, what);
  const floats =
    data instanceof Float32Array || data instanceof Float64Array ? data : Float32Array.from(data);
  return { data: floats, shape, kind };
}

function checkLength(data: ArrayLike<number>, shape: readonly number[], what: string): void {
  const size = shape.reduce((product, length) => product * length, 1);
  if (data.length !== size) {
    throw new ShapeError(
      `${what} has ${data.length} elements, which do not fill its shape [${shape.join(', ')}] of ${size}.`,
    );
  }
}

/** Images with few rows and many channels are most likely turned. */
function checkChannelsLast(shape: readonly number[], what: string): void {
  const [, second, third, last] = shape as [number, number, number, number];
  if (second > 4 || last <= 4 || third <= 4) return;
  throw new ShapeError(
    `${what} has shape [${shape.join(', ')}], which looks like [n, channels, height, width]; [n, height, width, channels] is expected. ` +
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
      `${what} has the value ${data[at]} in image ${image}, row ${Math.floor(pixel / width)}, column ${pixel % width}, channel ${channel} (counted from 0). ` +
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
    isArray && Array.isArray(shape) && shape.every((length) => Number.isSafeInteger(length) && length >= 0)
  );
}
