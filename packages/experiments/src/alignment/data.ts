import { randomArray, subkey } from '@agop/core';
import { oneHot, type ShapedArray } from '@agop/estimators';
import type { LabelledImages } from '../images.ts';

/** Rows and targets to train on, and others to be scored on. */
export interface AlignmentData {
  /** For people: `chain`, `cifar10`. */
  readonly name: string;
  readonly train: Samples;
  readonly test: Samples;
  /** Columns of x that the targets depend on, where that is known. */
  readonly relevant: readonly number[] | undefined;
  /** Whether the first epoch has a small rate. */
  readonly warm: boolean;
}

/** Rows with targets; classes where there are some. */
export interface Samples {
  readonly x: ShapedArray;
  readonly y: ShapedArray;
  readonly labels?: Int32Array;
}

/** Inputs of the chain, and how many of them matter. */
const [chainInputs, chainLinks] = [64, 3];
const chainTestRows = 2000;

/**
 * x standard normal in 64 dimensions, y = (x_1 x_2 + x_2 x_3 + x_3 x_1) / √3.
 *
 * @param rows training rows; 2000 more are for testing
 */
export function chainData(rows: number, seed: number): AlignmentData {
  const make = (n: number, index: number): Samples => {
    const data = randomArray(n * chainInputs, 'normal', subkey(seed, 'sample-noise', index), 'float64');
    const y = Float64Array.from({ length: n }, (_, i) => {
      const [a, b, c] = data.subarray(i * chainInputs, i * chainInputs + chainLinks);
      return (
        ((a as number) * (b as number) + (b as number) * (c as number) + (c as number) * (a as number)) /
        Math.sqrt(chainLinks)
      );
    });
    return { x: { data, shape: [n, chainInputs] }, y: { data: y, shape: [n, 1] } };
  };
  return {
    name: 'chain',
    train: make(rows, 0),
    test: make(chainTestRows, 1),
    relevant: [0, 1, 2],
    warm: false,
  };
}

/**
 * Images as rows, each channel standardized by the mean and deviation of the training images; targets are
 * one-hot less the share of a class if all were equal.
 */
export function imageData(name: string, training: LabelledImages, test: LabelledImages): AlignmentData {
  const channels = training.shape[3];
  const moments = Array.from({ length: channels }, (_, channel) =>
    channelMoments(training.data, channels, channel),
  );
  const classes = 1 + training.labels.reduce((most, label) => Math.max(most, label), 0);
  const samplesOf = ({ data, shape: [n, ...size], labels }: LabelledImages): Samples => ({
    x: {
      data: Float32Array.from(data, (value, i) => {
        const [mean, deviation] = moments[i % channels] as [number, number];
        return (value - mean) / deviation;
      }),
      shape: [n, size.reduce((product, length) => product * length, 1)],
    },
    y: { data: oneHot(labels, classes).map((one) => one - 1 / classes), shape: [n, classes] },
    labels,
  });
  return { name, train: samplesOf(training), test: samplesOf(test), relevant: undefined, warm: true };
}

function channelMoments(data: ArrayLike<number>, channels: number, channel: number): [number, number] {
  let [sum, squares, count] = [0, 0, 0];
  for (let i = channel; i < data.length; i += channels) {
    const value = data[i] as number;
    sum += value;
    squares += value * value;
    count += 1;
  }
  const mean = sum / count;
  return [mean, Math.sqrt(squares / count - mean * mean) || 1];
}

/** The targets of the study of early alignment. */
export type EarlyTarget = 'product' | 'noise';

/** Features of the early study. */
const earlyInputs = 32;

/**
 * x normal in 32 dimensions with variances k^(−spectrum); y = x_1 x_2 + x_1 of standardized x, or noise;
 * scaled to variance 1.
 */
export function earlyData(rows: number, spectrum: number, target: EarlyTarget, seed: number): Samples {
  const normal = randomArray(rows * earlyInputs, 'normal', subkey(seed, 'sample-noise', 2), 'float64');
  const noise = randomArray(rows, 'normal', subkey(seed, 'sample-noise', 3), 'float64');
  const x = normal.map((value, i) => value * (1 + (i % earlyInputs)) ** (-spectrum / 2));
  const raw = noise.map((value, i) => {
    if (target === 'noise') return value;
    const [first, second] = [x[i * earlyInputs] as number, x[i * earlyInputs + 1] as number];
    return first * second + first;
  });
  const scale = Math.sqrt(raw.reduce((sum, value) => sum + value * value, 0) / rows);
  return {
    x: { data: x, shape: [rows, earlyInputs] },
    y: { data: raw.map((value) => value / scale), shape: [rows, 1] },
  };
}
