import { OptionError, wording } from '@agop/core';
import { flag, list, number, type Settings, share, whole } from '@agop/core/options';
import { collapseOptions } from '../collapse/settings.ts';
import { dtypeOption } from '../float-option.ts';

const { data, images, testImages, target, ignore, categorical, samples, testSamples } = collapseOptions;

/** Options of a trained network whose classes collapse: of its data, of the network, of its training. */
export const networkCollapseOptions = {
  data,
  images,
  testImages,
  target,
  ignore,
  categorical,
  samples,
  testSamples,
  validation: share({
    description: 'Share of the rows held out where there is no test file',
    defaultWords: 'none are held out',
  }),
  full: flag({
    description:
      'The sizes of the publication: 512 units, gain 1, no decay, no momentum, 300 epochs, 50000 training images',
  }),
  layers: whole({ from: 1, default: 5, description: 'Hidden layers' }),
  width: whole({ from: 1, description: 'Units of each of them', defaultWords: '128; 512 with --full' }),
  gain: list(
    number({
      above: 0,
      description: 'Factor of the initial weights (uniform, Glorot); repeatable, a run for each',
      defaultWords: '1 and 0.3; 1 with --full',
    }),
  ),
  decay: list(
    number({
      from: 0,
      description: 'Weight decay; repeatable, a run for each',
      defaultWords: '0 and 0.0005; 0 with --full',
    }),
  ),
  epochs: whole({
    from: 1,
    description: 'Passes over the training rows',
    defaultWords: '200; 300 with decay or --full',
  }),
  learningRate: number({ from: 0, default: 0.05, description: 'Learning rate of gradient descent' }),
  momentum: number({
    from: 0,
    below: 1,
    description: 'Share of the last step that is kept',
    defaultWords: '0.9; 0 with --full',
  }),
  batchSize: whole({ from: 1, default: 128, description: 'Rows of a step' }),
  every: whole({
    from: 1,
    default: 10,
    description: 'Measure after every so many epochs, and after the last',
  }),
  seed: whole({ from: 0, default: 0, description: 'Seed of weights, order and split' }),
  seeds: whole({
    from: 1,
    default: 1,
    description: 'Runs with so many seeds, from --seed on, and their spread',
  }),
  dtype: dtypeOption('float32'),
} as const;

/** Settings of a run: plain JSON. */
export type NetworkCollapseSettings = Settings<typeof networkCollapseOptions>;

/** One training: what distinguishes it from the others of a run. */
export interface Variant {
  readonly gain: number;
  readonly decay: number;
  readonly epochs: number;
}

/** The trainings of each seed. */
export function variantsOf({ gain, decay, epochs, full }: NetworkCollapseSettings): Variant[] {
  const gains = gain.length > 0 ? gain : full ? [1] : [1, 0.3];
  const decays = decay.length > 0 ? decay : full ? [0] : [0, 5e-4];
  return decays.flatMap((one) =>
    gains.map((factor) => ({
      gain: factor,
      decay: one,
      epochs: epochs ?? (full || one > 0 ? 300 : 200),
    })),
  );
}

/** Sizes with their defaults. */
export function sizesOf({ width, momentum, samples: rows, data: name, full }: NetworkCollapseSettings) {
  const isImages = name === 'mnist' || name === 'cifar10';
  return {
    width: width ?? (full ? 512 : 128),
    momentum: momentum ?? (full ? 0 : 0.9),
    samples: rows ?? (full && isImages ? 50000 : undefined),
  };
}

/** @throws {OptionError} for options that do not go together */
export function checkNetworkCollapseSettings({ gain, decay }: NetworkCollapseSettings): void {
  for (const [option, values] of Object.entries({ gain, decay })) {
    if (new Set(values).size === values.length) continue;
    throw new OptionError(option, wording`${{ option }} names the same number twice.`);
  }
}
