/** Runs of `agop conv` that docs/conv-rfm.md shows. */
export interface Experiment {
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Folder of its images within the data sets, if it has one. */
  readonly images?: string;
  /** Arguments besides the images. */
  readonly args: readonly string[];
}

/** The published experiments. */
export const published: readonly Experiment[] = [
  { name: 'star', title: 'star', args: ['--task', 'star', '--seeds', '5'] },
  {
    name: 'noisy-1000',
    title: 'digits in noise, 1,000 images',
    images: 'mnist',
    args: ['--task', 'noisy-mnist', '--seeds', '3'],
  },
  {
    name: 'noisy-full',
    title: 'digits in noise, 4,000 images',
    images: 'mnist',
    args: ['--task', 'noisy-mnist', '--full', '--seeds', '3'],
  },
];

/** Real images: the fixed kernel against ConvRFM against Deep ConvRFM. */
export const real: readonly Experiment[] = [
  { name: 'mnist', title: 'MNIST', images: 'mnist', args: ['--deep', '1'] },
  { name: 'cifar10', title: 'CIFAR-10', images: 'cifar10', args: ['--deep', '1'] },
  { name: 'gtsrb32', title: 'GTSRB', images: 'gtsrb32', args: ['--deep', '1'] },
];

/** Filters of larger patches, for the picture. */
export const edges: Experiment = {
  name: 'edges',
  title: 'CIFAR-10, patches of 7 x 7',
  images: 'cifar10',
  args: ['--limit', '600', '--test-limit', '500', '--depth', '1', '--patch-size', '7'],
};

export const experiments: readonly Experiment[] = [...published, ...real, edges];
