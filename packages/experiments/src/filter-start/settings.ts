import { flag, number, type Settings, text, whole } from '@agop/core/options';

/** Options of starting the filters of a small network from the patch AGOP of a ConvRFM. */
export const filterStartOptions = {
  images: text({
    placeholder: 'path',
    description: 'Images with labels, as of agop conv',
    defaultWords: 'CIFAR-10 in the folder $AGOP_DATA or in shared/data beside the program',
  }),
  full: flag({
    description:
      'The published sizes: 2000 images, filters of 3 x 3 and of deviation 0.005, 1000 epochs at a rate of 0.001',
  }),
  samples: whole({ from: 10, description: 'Training images', defaultWords: '1000; --full: 2000' }),
  testSamples: whole({ from: 1, default: 1000, description: 'Test images' }),
  agopSamples: whole({
    from: 10,
    default: 500,
    description: 'Training images that the ConvRFM is fitted on',
  }),
  iterations: whole({ from: 1, default: 2, description: 'Updates of its patch metric' }),
  patchSize: whole({
    from: 1,
    to: 16,
    description: 'Height and width of filters',
    defaultWords: '5; --full: 3',
  }),
  filters: whole({ from: 1, default: 64, description: 'Filters of the network' }),
  deviation: number({
    above: 0,
    description: 'Root of the mean square of the filters before training, whatever they start from',
    defaultWords: 'the root of 2 / numbers of a patch; --full: 0.005',
  }),
  epochs: whole({
    from: 1,
    description: 'Passes over the training images',
    defaultWords: '40; --full: 1000',
  }),
  learningRate: number({
    above: 0,
    description: 'Of Adam, in batches of 50',
    defaultWords: '0.003; --full: 0.001',
  }),
  seed: whole({ from: 0, default: 0, description: 'Seed of images, filters and batches' }),
  seeds: whole({ from: 1, default: 3, description: 'Runs with so many seeds, from --seed on' }),
} as const;

/** Settings of a run: plain JSON. */
export type FilterStartSettings = Settings<typeof filterStartOptions>;

/** Settings that `full` decides where nothing else is said. */
export interface FilterStartSizes {
  readonly samples: number;
  readonly patchSize: number;
  /** Undefined: the root of 2 / numbers of a patch. */
  readonly deviation: number | undefined;
  readonly epochs: number;
  readonly learningRate: number;
}

const usual = { samples: 1000, patchSize: 5, deviation: undefined, epochs: 40, learningRate: 0.003 };

/** The defaults of the sweep in github.com/aradha/convrfm. */
const published = { samples: 2000, patchSize: 3, deviation: 0.005, epochs: 1000, learningRate: 0.001 };

/** Sizes with their defaults. */
export function filterStartSizes({ full, ...given }: FilterStartSettings): FilterStartSizes {
  const own = full ? published : usual;
  return {
    samples: given.samples ?? own.samples,
    patchSize: given.patchSize ?? own.patchSize,
    deviation: given.deviation ?? own.deviation,
    epochs: given.epochs ?? own.epochs,
    learningRate: given.learningRate ?? own.learningRate,
  };
}
