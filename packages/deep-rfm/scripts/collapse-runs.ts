import {
  type FeatureMap,
  type LayerMeasures,
  type LayerRecord,
  randomCosine,
  randomRelu,
} from '@agop/deep-rfm';
import type { DataName } from './collapse-data.ts';

/** One kind of run; each is made with several seeds. */
export interface Experiment {
  readonly name: string;
  readonly data: DataName;
  readonly depth: number;
  /** Of the feature map, in words. */
  readonly map: string;
  readonly featureMap: FeatureMap;
}

export const seeds: readonly number[] = [0, 1, 2];

const relu = { map: 'random ReLU, width 1024', featureMap: randomRelu({ width: 1024 }) };

/** The cosine features are the published ones: frequencies Cauchy per coordinate, gamma = 1 / bandwidth. */
function cosine(bandwidth: number): Pick<Experiment, 'map' | 'featureMap'> {
  return {
    map: `random cosine (Cauchy per coordinate, bandwidth ${bandwidth}), width 1024`,
    featureMap: randomCosine({ bandwidth, width: 1024 }),
  };
}

export const experiments: readonly Experiment[] = [
  { name: 'digits', data: 'digits', depth: 10, ...relu },
  { name: 'mnist', data: 'mnist', depth: 10, ...relu },
  { name: 'cifar10', data: 'cifar10', depth: 10, ...relu },
  { name: 'digits-cosine-20', data: 'digits', depth: 10, ...cosine(20) },
  { name: 'digits-cosine-2', data: 'digits', depth: 10, ...cosine(2) },
];

/** A metric at the three stages of a layer. */
export interface Stages {
  readonly input: number;
  readonly projected: number;
  readonly features: number;
}

/** What is kept of one layer on some rows. */
export interface LayerNumbers {
  readonly nc1: Stages;
  readonly nc2: Stages;
  readonly accuracy: number;
}

/** What is kept of one run. */
export interface RunResult {
  readonly experiment: string;
  readonly data: DataName;
  readonly trainingRows: number;
  readonly heldOutRows: number;
  readonly features: number;
  readonly map: string;
  readonly seed: number;
  readonly device: string;
  readonly dtype: string;
  readonly seconds: number;
  /** Largest memory of tensors, GiB. */
  readonly tensorGiB: number;
  /** Accuracies of the kernel machine on the input. */
  readonly input: { readonly train: number; readonly heldOut: number | null };
  readonly layers: readonly { readonly train: LayerNumbers; readonly heldOut: LayerNumbers }[];
}

/** The numbers of a layer that are kept. */
export function numbersOf({ train, heldOut }: LayerRecord): RunResult['layers'][number] {
  if (!heldOut) throw new Error('a run has held-out rows');
  return { train: pick(train), heldOut: pick(heldOut) };
}

function pick({ input, projected, features, accuracy }: LayerMeasures): LayerNumbers {
  return {
    nc1: { input: input.nc1.ratio, projected: projected.nc1.ratio, features: features.nc1.ratio },
    nc2: { input: input.nc2.distance, projected: projected.nc2.distance, features: features.nc2.distance },
    accuracy,
  };
}
