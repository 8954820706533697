import { number, type Settings, text, whole } from '@agop/core/options';

/** Options of starting the filters of a small network from the patch AGOP of a ConvRFM. */
export const filterStartOptions = {
  images: text({
    placeholder: 'path',
    description: 'Images with labels, as of agop conv',
    defaultWords: 'CIFAR-10 in the folder $AGOP_DATA or in shared/data beside the program',
  }),
  samples: whole({ from: 10, default: 1000, description: 'Training images' }),
  testSamples: whole({ from: 1, default: 1000, description: 'Test images' }),
  agopSamples: whole({
    from: 10,
    default: 500,
    description: 'Training images that the ConvRFM is fitted on',
  }),
  iterations: whole({ from: 1, default: 2, description: 'Updates of its patch metric' }),
  patchSize: whole({ from: 1, to: 16, default: 5, description: 'Height and width of filters' }),
  filters: whole({ from: 1, default: 64, description: 'Filters of the network' }),
  epochs: whole({ from: 1, default: 40, description: 'Passes over the training images' }),
  learningRate: number({ above: 0, default: 0.003, description: 'Of Adam, in batches of 50' }),
  seed: whole({ from: 0, default: 0, description: 'Seed of images, filters and batches' }),
  seeds: whole({ from: 1, default: 3, description: 'Runs with so many seeds, from --seed on' }),
} as const;

/** Settings of a run: plain JSON. */
export type FilterStartSettings = Settings<typeof filterStartOptions>;
