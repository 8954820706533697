import type { LabelledImages } from '../images.ts';

/** Images of one size as rows of numbers from 0 to 1, channels last. */
export interface Rows {
  readonly data: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly labels: Int32Array;
}

/** Height and width that all images are made to have. */
const size = 16;

/** Numbers of a row. */
export function lengthOf({ height, width, channels }: Rows): number {
  return height * width * channels;
}

/**
 * Images of 32 x 32 as 16 x 16, or digits of 28 x 28 with a border of two: each pixel is the mean of four.
 */
export function pooled({ data, shape: [count, height, width, channels], labels }: LabelledImages): Rows {
  const border = (2 * size - height) / 2;
  const out = new Float32Array(count * size * size * channels);
  for (let image = 0; image < count; image++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const [y, x] = [(row + border) >> 1, (column + border) >> 1];
        for (let channel = 0; channel < channels; channel++) {
          const from = ((image * height + row) * width + column) * channels + channel;
          const to = ((image * size + y) * size + x) * channels + channel;
          out[to] = (out[to] as number) + (data[from] as number) / 4;
        }
      }
    }
  }
  return { data: out, count, height: size, width: size, channels, labels };
}

/** Some of the images. */
export function pick(rows: Rows, chosen: readonly number[]): Rows {
  const length = lengthOf(rows);
  const data = new Float32Array(chosen.length * length);
  for (const [i, row] of chosen.entries())
    data.set(rows.data.subarray(row * length, (row + 1) * length), i * length);
  return {
    ...rows,
    data,
    count: chosen.length,
    labels: Int32Array.from(chosen, (row) => rows.labels[row] as number),
  };
}

/** A square within the images. */
export interface Region {
  readonly row: number;
  readonly column: number;
  readonly size: number;
}

/** Columns of the rows that lie in a region. */
export function columnsOf({ width, channels }: Rows, { row, column, size: side }: Region): number[] {
  const columns: number[] = [];
  for (let y = row; y < row + side; y++) {
    for (let x = column; x < column + side; x++) {
      for (let channel = 0; channel < channels; channel++) columns.push((y * width + x) * channels + channel);
    }
  }
  return columns;
}

/** The images with a region painted, each in the value of its class. */
export function marked(rows: Rows, region: Region, brightness: (label: number) => number): Rows {
  const data = rows.data.slice();
  const columns = columnsOf(rows, region);
  const length = lengthOf(rows);
  for (let i = 0; i < rows.count; i++) {
    for (const column of columns) data[i * length + column] = brightness(rows.labels[i] as number);
  }
  return { ...rows, data };
}

/**
 * Each photograph with a digit on its right, of gray made of as many channels; labels are the photographs'.
 */
export function beside(photos: Rows, digits: Rows): Rows {
  const { count, height, width, channels } = photos;
  const data = new Float32Array(count * height * 2 * width * channels);
  for (let i = 0; i < count; i++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let channel = 0; channel < channels; channel++) {
          const at = ((i * height + y) * 2 * width + x) * channels + channel;
          data[at] = photos.data[((i * height + y) * width + x) * channels + channel] as number;
          data[at + width * channels] = digits.data[(i * height + y) * width + x] as number;
        }
      }
    }
  }
  return { ...photos, data, width: 2 * width };
}

/** Numbers of the images of a class, in their order. */
export function ofClass({ labels }: Rows, label: number): number[] {
  return Array.from(labels.keys()).filter((row) => labels[row] === label);
}
