import { type Backend, type FloatDType, type Tensor, ValueError } from '@agop/core';
import { type FarFromZero, farFromZero, faultOfSquares, type ReachOptions } from '@agop/rfm';
import type { HostImages } from '../images/image-input.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';

/**
 * What pixels are counted from, [height · width · channels], in float64: the mean image of the training
 * images; their mean per channel where patches of different positions are compared. Kernels of distances do
 * not see it, but p + q - 2u loses the more digits the farther pixels are from 0. Undefined for kernels that
 * do, and where zeros around the images are compared with pixels.
 */
export function imageOrigin(
  kernel: Pick<ImageKernel, 'fields' | 'pooling' | 'padding'>,
  { data, rows, columns, channels }: HostImages,
): Float64Array<ArrayBuffer> | undefined {
  const pooled = kernel.pooling === 'average';
  if (!kernel.fields.radial || (pooled && kernel.padding !== 'valid')) return undefined;
  const origin = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      origin[j] = (origin[j] as number) + (data[row * columns + j] as number) / rows;
    }
  }
  if (!pooled) return origin;
  const means = new Float64Array(channels);
  for (let j = 0; j < columns; j++) {
    const c = j % channels;
    means[c] = (means[c] as number) + ((origin[j] as number) * channels) / columns;
  }
  return origin.map((_, j) => means[j % channels] as number);
}

/**
 * Whether pixels are so far from 0 that a kernel that sees that sees little else in a dtype. Patches of
 * different positions are told apart by what differs within a channel, others by what differs in a pixel.
 */
export function pixelsFarFromZero(
  { pooling }: Pick<ImageKernel, 'pooling'>,
  { data, rows, columns, channels }: HostImages,
  dtype: FloatDType,
): FarFromZero | undefined {
  const compared =
    pooling === 'average'
      ? { data, rows: (rows * columns) / channels, columns: channels }
      : { data, rows, columns };
  const far = farFromZero(compared, dtype);
  return far && { ...far, column: far.column % channels };
}

/**
 * Images as seen from an origin, on the backend: [n, height, width, channels].
 *
 * @throws {ValueError} for pixels whose squares overflow in the dtype, or vanish: with the image and channel
 */
export function uploadFrom(
  origin: ArrayLike<number> | undefined,
  backend: Backend,
  images: HostImages,
  dtype: FloatDType,
  { what, smallest }: ReachOptions,
): Tensor {
  const { rows, columns, height, width, channels, data } = images;
  const moved = origin
    ? dtype === 'float32'
      ? new Float32Array(data.length)
      : new Float64Array(data.length)
    : data;
  let [largest, where] = [0, 0];
  for (let begin = 0; begin < data.length; begin += columns) {
    for (let j = 0; j < columns; j++) {
      const value = (data[begin + j] as number) - (origin?.[j] ?? 0);
      if (origin) moved[begin + j] = value;
      const size = Math.abs(value);
      if (size > largest) [largest, where] = [size, begin + j];
    }
  }
  const fault = faultOfSquares(largest, dtype, smallest);
  if (fault)
    throw outOfReach(images, { largest, where, from: origin ? 'their mean' : '0' }, dtype, what, fault);
  return backend.tensor(moved, [rows, height, width, channels], dtype);
}

interface Largest {
  readonly largest: number;
  readonly where: number;
  readonly from: string;
}

function outOfReach(
  { columns, channels }: HostImages,
  { largest, where, from }: Largest,
  dtype: FloatDType,
  what: string,
  fault: string,
): ValueError {
  const isEnough = dtype === 'float32' && !faultOfSquares(largest, 'float64', true);
  const other = isEnough ? ", or use dtype 'float64'" : '';
  const row = Math.floor(where / columns);
  return new ValueError(
    `Squares of ${what} ${fault} in ${dtype}: pixels are up to ${largest.toPrecision(3)} from ${from}, ` +
      `in image ${row}, channel ${where % channels} (counted from 0). ` +
      `Rescale the images, and the bandwidth if the kernel has one${other}.`,
    { row },
  );
}
