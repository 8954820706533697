import { OptionError, wording } from '@agop/core';
import { choice, flag, list, number, type Settings, text, whole } from '@agop/core/options';
import { dtypeOption } from '../float-option.ts';
import { refuse } from '../refuse.ts';

/** Options of measuring how the layers of a network align with their gradients. */
export const alignmentOptions = {
  study: choice(['trace', 'speed', 'early'], {
    default: 'trace',
    description:
      'trace (while a network trains), speed (Speed Limited Optimization beside gradient descent) or early (predicted before training, for spectra and widths)',
  }),
  data: choice(['chain', 'cifar10', 'mnist'], {
    description: 'Of trace: {choices}; chain is a sum of products of three inputs among 64',
    defaultWords: 'chain',
  }),
  images: text({
    placeholder: 'path',
    description: 'With cifar10 and mnist: the image file, or the folder that holds training and test files',
    defaultWords:
      'images/mnist, images/cifar10 in the folder $AGOP_DATA or in shared/data beside the program',
  }),
  full: flag({
    description:
      'The sizes of the publication: all images (50000 at most), 150 epochs (50 of mnist), rate 10 of mnist',
  }),
  samples: whole({
    from: 10,
    description: 'Training rows',
    defaultWords: '1000 of chain, 3000 of cifar10, 10000 of mnist, 200 of early',
  }),
  layers: whole({ from: 1, description: 'Hidden layers', defaultWords: '2 of chain, else 5' }),
  width: whole({ from: 2, description: 'Units of each of them', defaultWords: '128 of chain, else 256' }),
  units: list(
    whole({
      from: 1,
      description: 'Of early: units of the hidden layer; repeatable',
      defaultWords: '64, 512 and 4096',
    }),
  ),
  epochs: whole({
    from: 1,
    description: 'Passes over the training rows',
    defaultWords: '120 of chain, else 60',
  }),
  learningRate: number({
    above: 0,
    description: 'Of trace: rate of gradient descent; 0.0001 in the first epoch of images',
    defaultWords: '0.05 of chain, 2 of cifar10, 1 of mnist',
  }),
  batchSize: whole({ from: 1, default: 128, description: 'Rows of a step' }),
  every: whole({
    from: 1,
    default: 1,
    description: 'Of trace: measure after every so many epochs, and after the last',
  }),
  seed: whole({ from: 0, default: 0, description: 'Seed of data that are made, of weights and order' }),
  seeds: whole({
    from: 1,
    default: 1,
    description: 'Runs with so many seeds, from --seed on, and their spread',
  }),
  dtype: dtypeOption('float32'),
} as const;

/** Settings of a run: plain JSON. */
export type AlignmentSettings = Settings<typeof alignmentOptions>;

/** What the network of a study is, with its defaults. */
export interface Training {
  readonly data: 'chain' | 'cifar10' | 'mnist';
  readonly samples: number;
  readonly layers: number;
  readonly width: number;
  readonly epochs: number;
  readonly learningRate: number;
}

const defaults = {
  chain: { samples: 1000, layers: 2, width: 128, epochs: 120, learningRate: 0.05 },
  cifar10: { samples: 3000, layers: 5, width: 256, epochs: 60, learningRate: 2 },
  mnist: { samples: 10000, layers: 5, width: 256, epochs: 30, learningRate: 1 },
} as const;

const published = {
  chain: {},
  cifar10: { samples: 50000, epochs: 150 },
  mnist: { samples: 50000, epochs: 50, learningRate: 10 },
} as const;

/** Sizes with their defaults. */
export function trainingOf({ data = 'chain', full, ...given }: AlignmentSettings): Training {
  const own = { ...defaults[data], ...(full ? published[data] : {}) };
  return {
    data,
    samples: given.samples ?? own.samples,
    layers: given.layers ?? own.layers,
    width: given.width ?? own.width,
    epochs: given.epochs ?? own.epochs,
    learningRate: given.learningRate ?? own.learningRate,
  };
}

/** Units of the networks of the study of early alignment. */
export function unitsOf({ units }: AlignmentSettings): readonly number[] {
  return units.length > 0 ? units : [64, 512, 4096];
}

/** @throws {OptionError} for options that do not go together */
export function checkAlignmentSettings(settings: AlignmentSettings): void {
  const { study, data = 'chain' } = settings;
  if (study !== 'trace') {
    refuse(
      settings,
      ['data', 'images', 'full', 'learningRate'],
      wording`${{ option: 'study', value: study }}`,
    );
  }
  if (study !== 'early' && settings.units.length > 0) {
    throw new OptionError(
      'units',
      wording`${{ option: 'units' }} needs ${{ option: 'study', value: 'early' }}.`,
    );
  }
  if (study === 'early') {
    refuse(settings, ['layers', 'width', 'epochs'], wording`${{ option: 'study', value: study }}`);
  }
  if (data === 'chain') refuse(settings, ['images', 'full'], wording`${{ option: 'data', value: data }}`);
}
