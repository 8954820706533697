import type { LabelledImages } from '../images.ts';

/** Patches of images, [images, positions, numbers of a patch] by (row, column, channel). */
export interface Patches {
  readonly data: Float32Array;
  readonly shape: readonly [images: number, positions: number, numbers: number];
  /** Positions of a side. */
  readonly side: number;
}

/** Patches two pixels apart, pixels about 0. */
export function patchesOf({ data, shape }: LabelledImages, size: number): Patches {
  const [images, height, width, channels] = shape;
  const [rows, columns] = [height, width].map((length) => Math.floor((length - size) / 2) + 1) as [
    number,
    number,
  ];
  const side = Math.min(rows, columns);
  const numbers = size * size * channels;
  const patches = new Float32Array(images * side * side * numbers);
  let at = 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        for (let dy = 0; dy < size; dy++) {
          const begin = ((image * height + 2 * row + dy) * width + 2 * column) * channels;
          for (let k = 0; k < size * channels; k++) patches[at++] = (data[begin + k] as number) - 0.5;
        }
      }
    }
  }
  return { data: patches, shape: [images, side * side, numbers], side };
}

/** (1/n) Σ (p − mean)(p − mean)ᵀ of all patches, [numbers, numbers]. */
export function patchCovariance({ data, shape: [images, positions, numbers] }: Patches): Float64Array {
  const count = images * positions;
  const mean = new Float64Array(numbers);
  for (let i = 0; i < data.length; i++) {
    mean[i % numbers] = (mean[i % numbers] as number) + (data[i] as number) / count;
  }
  const covariance = new Float64Array(numbers * numbers);
  const centered = new Float64Array(numbers);
  for (let row = 0; row < count; row++) {
    for (let j = 0; j < numbers; j++) centered[j] = (data[row * numbers + j] as number) - (mean[j] as number);
    for (let i = 0; i < numbers; i++) {
      const scaled = (centered[i] as number) / count;
      for (let j = 0; j < numbers; j++) {
        const place = i * numbers + j;
        covariance[place] = (covariance[place] as number) + scaled * (centered[j] as number);
      }
    }
  }
  return covariance;
}
