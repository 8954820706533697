import { OptionError, wording } from '@agop/core';
import { choice, flag, number, type Settings, share, text, whole } from '@agop/core/options';

/** Options of training a dense network and measuring the ansatz at its layers. */
export const ansatzOptions = {
  data: choice(['mnist', 'cifar10'], {
    default: 'mnist',
    description: 'Images, pixels from 0 to 1: {choices}',
  }),
  images: text({
    placeholder: 'path',
    description: 'Image file or folder of the data',
    defaultWords:
      'images/mnist or images/cifar10 in the folder $AGOP_DATA or in shared/data beside the program',
  }),
  full: flag({
    description:
      'The published sizes: 1000 images of which a fifth chooses the epoch, width 1024, 500 epochs',
  }),
  samples: whole({
    from: 2,
    description: 'Training images',
    defaultWords: 'mnist: 10000, cifar10: 3000; --full: 1000',
  }),
  testSamples: whole({ from: 1, default: 1000, description: 'Test images' }),
  validation: share({
    description: 'Share of the training images whose accuracy chooses the epoch that is measured',
    defaultWords: 'none, the last epoch; --full: 0.2',
  }),
  depth: whole({ from: 1, default: 3, description: 'Hidden layers' }),
  width: whole({ from: 1, description: 'Units of each', defaultWords: '256; --full: 1024' }),
  epochs: whole({
    from: 1,
    description: 'Passes over the training images',
    defaultWords: 'mnist: 60, cifar10: 150; --full: 500',
  }),
  learningRate: number({ above: 0, default: 0.1, description: 'Of gradient descent in batches of 128' }),
  agopSamples: whole({
    from: 1,
    default: 800,
    description: 'Training images that the AGOP averages over',
  }),
  controls: whole({
    from: 1,
    default: 3,
    description: 'Rotations, and random weights, that each control is the mean of',
  }),
  seed: whole({ from: 0, default: 0, description: 'Seed of weights, batches and controls' }),
  seeds: whole({ from: 1, default: 3, description: 'Runs with so many seeds, from --seed on' }),
} as const;

/** Settings of a run: plain JSON. */
export type AnsatzSettings = Settings<typeof ansatzOptions>;

/** Settings that depend on others. */
export interface AnsatzSizes {
  readonly samples: number;
  readonly validation: number | undefined;
  readonly width: number;
  readonly epochs: number;
}

const usual = { mnist: { samples: 10_000, epochs: 60 }, cifar10: { samples: 3000, epochs: 150 } } as const;

/** What holds where nothing else is said. */
export function ansatzSizes(settings: AnsatzSettings): AnsatzSizes {
  const { data, full } = settings;
  return {
    samples: settings.samples ?? (full ? 1000 : usual[data].samples),
    validation: settings.validation ?? (full ? 0.2 : undefined),
    width: settings.width ?? (full ? 1024 : 256),
    epochs: settings.epochs ?? (full ? 500 : usual[data].epochs),
  };
}

/** @throws {OptionError} for a share that leaves no images to hold out, or none to train on */
export function checkAnsatzSettings(settings: AnsatzSettings): void {
  const { samples, validation } = ansatzSizes(settings);
  if (validation === undefined) return;
  const held = Math.round(samples * validation);
  if (held >= 1 && held < samples) return;
  throw new OptionError(
    'validation',
    wording`${{ option: 'validation' }} ${validation} of ${samples} images leaves ${held === 0 ? 'none to choose the epoch by' : 'none to train on'}.`,
  );
}
