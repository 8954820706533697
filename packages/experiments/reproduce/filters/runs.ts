import type { Given } from '@agop/core/options';
import type { filtersOptions } from '../../src/filters/settings.ts';

/** A run that papers/conv-rfm.md shows. */
export interface Experiment {
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** The data set of its images, if it has one. */
  readonly images?: string;
  /** Settings besides the images. */
  readonly settings: Given<typeof filtersOptions>;
}

const noisy = { images: 'mnist', settings: { task: 'noisy-mnist', seeds: 3 } } as const;

/** The published experiments. */
export const published: readonly Experiment[] = [
  { name: 'star', title: 'star', settings: { task: 'star', seeds: 5 } },
  { ...noisy, name: 'noisy-1000', title: 'digits in noise, 1,000 images' },
  {
    ...noisy,
    name: 'noisy-full',
    title: 'digits in noise, 4,000 images',
    settings: { ...noisy.settings, full: true },
  },
];

/** Real images: the fixed kernel against ConvRFM against Deep ConvRFM. */
export const real: readonly Experiment[] = [
  { name: 'mnist', title: 'MNIST', images: 'mnist', settings: { deep: 1 } },
  { name: 'cifar10', title: 'CIFAR-10', images: 'cifar10', settings: { deep: 1 } },
  { name: 'gtsrb32', title: 'GTSRB', images: 'gtsrb32', settings: { deep: 1 } },
];

/** Filters of larger patches, for the picture. */
const edges: Experiment = {
  name: 'edges',
  title: 'CIFAR-10, patches of 7 x 7',
  images: 'cifar10',
  settings: { limit: 600, testLimit: 500, depth: 1, patchSize: 7 },
};

export const experiments: readonly Experiment[] = [...published, ...real, edges];
