import type { Given } from '@agop/core/options';
import type { CollapseSummary, StageNumbers } from '../../src/collapse/result.ts';
import type { collapseOptions } from '../../src/collapse/settings.ts';

/** One kind of run; each is made with several seeds. */
export interface Experiment {
  readonly name: string;
  /** Of the feature map, in words. */
  readonly map: string;
  readonly settings: Given<typeof collapseOptions> & { readonly data: string };
}

const relu = { map: 'random ReLU, width 1024' };

/** The cosine features are the published ones: frequencies Cauchy per coordinate, gamma = 1 / bandwidth. */
function cosine(mapBandwidth: number): Experiment {
  return {
    name: `digits-cosine-${mapBandwidth}`,
    map: `random cosine (Cauchy per coordinate, bandwidth ${mapBandwidth}), width 1024`,
    settings: { data: 'digits', width: 1024, map: 'cosine', mapBandwidth },
  };
}

export const experiments: readonly Experiment[] = [
  ...['digits', 'mnist', 'cifar10'].map((data) => ({ name: data, ...relu, settings: { data, width: 1024 } })),
  cosine(20),
  cosine(2),
];

/** What is kept of one layer on some rows. */
export interface LayerNumbers {
  readonly nc1: StageNumbers;
  readonly nc2: StageNumbers;
  readonly accuracy: number;
}

/** What is kept of one run. */
export interface RunResult
  extends Pick<
    CollapseSummary,
    'trainingRows' | 'heldOutRows' | 'features' | 'seed' | 'device' | 'dtype' | 'seconds'
  > {
  readonly experiment: string;
  readonly data: string;
  readonly map: string;
  /** Largest memory of tensors, GiB. */
  readonly tensorGiB: number;
  /** Accuracies of the kernel machine on the input. */
  readonly input: { readonly train: number; readonly heldOut: number };
  readonly layers: readonly { readonly train: LayerNumbers; readonly heldOut: LayerNumbers }[];
}

/** What is kept of a result. */
export function keptOf({ name, map }: Experiment, summary: CollapseSummary, peakBytes: number): RunResult {
  const { data, trainingRows, heldOutRows, features, seed, device, dtype, seconds, input } = summary;
  return {
    ...{ experiment: name, data, trainingRows, heldOutRows, features, map, seed, device, dtype, seconds },
    tensorGiB: peakBytes / 2 ** 30,
    input: { train: input.trainAccuracy, heldOut: input.accuracy },
    layers: summary.layers.map(({ nc1, nc2, trainAccuracy, accuracy, heldOut }) => ({
      train: { nc1, nc2, accuracy: trainAccuracy },
      heldOut: { nc1: heldOut.nc1, nc2: heldOut.nc2, accuracy },
    })),
  };
}
