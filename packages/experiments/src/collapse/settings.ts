import { OptionError, wording } from '@agop/core';
import { choice, list, number, type Settings, share, text, whole } from '@agop/core/options';
import { dtypeOption } from '../float-option.ts';

/** Options of a Deep RFM whose classes collapse: of its data, then of the network. */
export const collapseOptions = {
  data: text({
    default: 'digits',
    placeholder: 'name or file',
    description: 'mnist, cifar10, digits, or a CSV file of a classification',
  }),
  images: text({
    placeholder: 'path',
    description: 'With mnist and cifar10: the image file, or the folder that holds training and test files',
    defaultWords:
      'images/mnist, images/cifar10 in the folder $AGOP_DATA or in shared/data beside the program',
  }),
  testImages: text({
    placeholder: 'path',
    description: 'Image file of the held-out part, if not in the same folder',
  }),
  target: text({
    short: 't',
    placeholder: 'column',
    description: 'With a CSV file: the column of the classes',
    defaultWords: "'class', 'target', 'label', or the last",
  }),
  ignore: list(
    text({ placeholder: 'column', description: 'With a CSV file: column that is no feature; repeatable' }),
  ),
  categorical: list(
    text({
      placeholder: 'column',
      description: 'With a CSV file: column of numbers that are codes; repeatable',
    }),
  ),
  samples: whole({
    from: 2,
    description:
      'Training rows at most: the first of mnist and cifar10 (default: 5000, 3000), else drawn at random, of each class in proportion',
    defaultWords: 'all',
  }),
  testSamples: whole({ from: 2, description: 'Held-out images at most', defaultWords: '1000' }),
  validation: share({
    description: 'Share of the rows held out where there is no test file',
    defaultWords: '0.2',
  }),
  depth: whole({ from: 1, default: 10, description: 'Layers' }),
  map: choice(['relu', 'cosine', 'identity'], { default: 'relu', description: 'Feature map: {choices}' }),
  width: whole({
    from: 1,
    description: 'Random features per layer',
    defaultWords: '512 of relu, as many as columns of cosine',
  }),
  spectrum: choice(['cauchy', 'gaussian', 'laplace'], {
    description: 'Of cosine: cauchy (as published), gaussian or laplace',
    defaultWords: 'cauchy',
  }),
  mapBandwidth: number({
    above: 0,
    description: 'Of cosine: L, one over the published gamma',
    defaultWords: '20 of mnist, else 10',
  }),
  kernel: choice(['laplace', 'gaussian'], { default: 'laplace', description: '{choices}' }),
  bandwidth: number({ above: 0, default: 2, description: 'Bandwidth L of the kernel' }),
  ridge: number({
    from: 0,
    default: 0,
    description: 'Ridge of each kernel machine; 0 interpolates',
  }),
  iterations: whole({ from: 1, default: 1, description: 'Updates of the metric in each layer' }),
  coding: choice(['signed', 'one-hot'], {
    default: 'signed',
    description: 'Targets: signed (1, -1) or one-hot (1, 0)',
  }),
  seed: whole({ from: 0, default: 0, description: 'Seed of the random features and of the split' }),
  dtype: dtypeOption('float64'),
} as const;

/** Settings of a run: plain JSON. */
export type CollapseSettings = Settings<typeof collapseOptions>;

/** @throws {OptionError} for options that do not go together */
export function checkCollapseSettings({ map, width, spectrum, mapBandwidth }: CollapseSettings): void {
  if (map !== 'cosine') {
    for (const [option, value] of Object.entries({ spectrum, mapBandwidth })) {
      if (value === undefined) continue;
      throw new OptionError(option, wording`${{ option }} needs ${{ option: 'map', value: 'cosine' }}.`);
    }
  }
  if (map === 'identity' && width !== undefined) {
    throw new OptionError(
      'width',
      wording`The identity map has the width of its input; leave out ${{ option: 'width' }}.`,
    );
  }
}
