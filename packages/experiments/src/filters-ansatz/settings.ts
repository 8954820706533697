import { OptionError, wording } from '@agop/core';
import { list, type Settings, text, whole } from '@agop/core/options';

/** Options of measuring the convolutional ansatz on networks that are there already. */
export const filtersAnsatzOptions = {
  network: list(
    text({
      placeholder: 'name',
      description:
        'Network: face, inception, mobilenet or upscaler, whose weights come inside npm packages, or the path of a model.json of TensorFlow.js; repeatable',
      defaultWords: 'face',
    }),
  ),
  packages: text({
    placeholder: 'folder',
    description: 'Folder in which npm packages are, such as a node_modules',
    defaultWords: 'where the program finds packages',
  }),
  images: text({
    placeholder: 'path',
    description: 'Images that the networks see, as of agop conv; enlarged to what a network takes',
    defaultWords: 'the test images of CIFAR-10 in the folder $AGOP_DATA or in shared/data beside the program',
  }),
  count: whole({ from: 1, default: 6, description: 'Images of a run' }),
  directions: whole({
    from: 1,
    description: 'Random directions of the outputs for each image instead of all outputs',
    defaultWords: 'all outputs; 32 directions where there are more than 256',
  }),
  controls: whole({
    from: 1,
    default: 3,
    description: 'Rotations, and random filters, that each control is the mean of',
  }),
  seed: whole({ from: 0, default: 0, description: 'Seed of the choice of images and of the controls' }),
  seeds: whole({
    from: 1,
    default: 1,
    description: 'Runs with so many seeds, from --seed on, and their spread; pictures are those of the first',
  }),
} as const;

/** Settings of a run: plain JSON. */
export type FiltersAnsatzSettings = Settings<typeof filtersAnsatzOptions>;

/** The networks that are measured. */
export function networksOf({ network }: FiltersAnsatzSettings): readonly string[] {
  return network.length === 0 ? ['face'] : network;
}

/** @throws {OptionError} for a network that is named twice */
export function checkFiltersAnsatzSettings(settings: FiltersAnsatzSettings): void {
  const { network } = settings;
  if (new Set(network).size === network.length) return;
  throw new OptionError('network', wording`${{ option: 'network' }} names the same network twice.`);
}
