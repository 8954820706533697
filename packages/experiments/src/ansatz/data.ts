import { randomPermutation, subkey } from '@agop/core';
import { type LabelledImages, pickImages } from '../images.ts';
import { type AnsatzSettings, ansatzSizes } from './settings.ts';

/** Rows of pixels and one-hot targets. */
export interface PixelRows {
  readonly x: { readonly data: Float32Array | Float64Array; readonly shape: readonly [number, number] };
  readonly y: { readonly data: Float64Array; readonly shape: readonly [number, number] };
  readonly labels: Int32Array;
}

/** Images of a run, read once for all seeds. */
export interface AnsatzData {
  readonly name: string;
  readonly training: LabelledImages;
  readonly test: LabelledImages;
}

/** What a seed trains on, chooses by and is tested with. */
export interface AnsatzRows {
  readonly training: PixelRows;
  readonly validation: PixelRows | undefined;
  readonly test: PixelRows;
}

/** The rows of a seed. Without validation all seeds have the same ones, in the order of the files. */
export function rowsOf(settings: AnsatzSettings, { training, test }: AnsatzData, seed: number): AnsatzRows {
  const { validation } = ansatzSizes(settings);
  const classes = training.labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  if (validation === undefined) {
    return { training: pixels(training, classes), validation: undefined, test: pixels(test, classes) };
  }
  const count = training.labels.length;
  const order = randomPermutation(count, subkey(seed, 'hold-out'));
  const held = Math.round(count * validation);
  return {
    training: pixels(pickImages(training, order.slice(held)), classes),
    validation: pixels(pickImages(training, order.slice(0, held)), classes),
    test: pixels(test, classes),
  };
}

function pixels({ data, shape: [count, ...size], labels }: LabelledImages, classes: number): PixelRows {
  const y = new Float64Array(count * classes);
  for (const [row, label] of labels.entries()) y[row * classes + label] = 1;
  return {
    x: { data, shape: [count, size.reduce((a, b) => a * b, 1)] },
    y: { data: y, shape: [count, classes] },
    labels,
  };
}

/** The first rows. */
export function firstRows({ data, shape: [rows, columns] }: PixelRows['x'], most: number): PixelRows['x'] {
  const count = Math.min(rows, most);
  return { data: data.subarray(0, count * columns), shape: [count, columns] };
}
