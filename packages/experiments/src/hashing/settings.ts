import { OptionError, wording } from '@agop/core';
import { choice, list, type Settings, text, whole } from '@agop/core/options';
import { hashingOptions, strategies } from '@agop/hashing';

const { radius: _, rho, trees, bucket, rounds, seed, gamePoints } = hashingOptions;

/** Options of a comparison of forests on the bits of images. */
export const hashingRunOptions = {
  data: choice(['mnist', 'cifar10'], { default: 'mnist', description: 'Images: {choices}' }),
  images: text({
    placeholder: 'path',
    description: 'The image file, or the folder that holds it',
    defaultWords:
      'images/mnist, images/cifar10 in the folder $AGOP_DATA or in shared/data beside the program',
  }),
  samples: whole({ from: 2, description: 'Images, the first ones', defaultWords: '750 of mnist, else 624' }),
  threshold: whole({
    from: 0,
    to: 255,
    description: 'A bit is 1 from this value of a pixel on',
    defaultWords: '1 of mnist, else 16',
  }),
  radius: whole({
    from: 0,
    description: 'Bits that a query may have wrong',
    defaultWords: '10 of mnist, else 5',
  }),
  strategies: list(
    choice(strategies, {
      description: 'Forests to compare: {choices}',
      defaultWords: 'uniform-all, uniform, game',
    }),
  ),
  rho,
  trees,
  bucket,
  rounds,
  gamePoints,
  queries: whole({ from: 1, default: 20, description: 'Queries for each image, each with other wrong bits' }),
  seed,
} as const;

/** Settings of a comparison of forests: plain JSON. */
export type HashingRunSettings = Settings<typeof hashingRunOptions>;

/** What known images are compared with, unless the settings say otherwise. */
const usual = {
  mnist: { samples: 750, threshold: 1, radius: 10 },
  cifar10: { samples: 624, threshold: 16, radius: 5 },
} as const;

/** The settings of the data: those of the published experiments where none are given. */
export function dataSettings({ data, samples, threshold, radius }: HashingRunSettings): {
  readonly samples: number;
  readonly threshold: number;
  readonly radius: number;
} {
  const { [data]: own } = usual;
  return {
    samples: samples ?? own.samples,
    threshold: threshold ?? own.threshold,
    radius: radius ?? own.radius,
  };
}

/** The strategies that are compared, the baseline of the paper first. */
export function strategiesOf({
  strategies: given,
}: HashingRunSettings): readonly (typeof strategies)[number][] {
  return given.length === 0 ? ['uniform-all', 'uniform', 'game'] : given;
}

/** @throws {OptionError} for options that do not go together */
export function checkHashingSettings(settings: HashingRunSettings): void {
  const { strategies: given } = settings;
  if (new Set(given).size === given.length) return;
  throw new OptionError('strategies', wording`${{ option: 'strategies' }} names one of them twice.`);
}
