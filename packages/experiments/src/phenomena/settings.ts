import { OptionError, wording } from '@agop/core';
import { choice, flag, list, number, type Settings, text, whole } from '@agop/core/options';

/** What can be shown. */
export const phenomena = ['delayed', 'spurious', 'simplicity', 'lottery'] as const;
export type Phenomenon = (typeof phenomena)[number];

/** Options of phenomena of networks that Recursive Feature Machines show as well. */
export const phenomenaOptions = {
  phenomenon: list(
    choice(phenomena, {
      description:
        'delayed (generalization, of a marker), spurious (features), simplicity (bias) or lottery (tickets: pixels that are enough); repeatable',
      defaultWords: 'all',
    }),
  ),
  cifar10: text({
    placeholder: 'path',
    description: 'Folder of the photographs, of delayed, spurious and simplicity',
    defaultWords: 'images/cifar10 in the folder $AGOP_DATA or in shared/data beside the program',
  }),
  mnist: text({
    placeholder: 'path',
    description: 'Folder of the digits, of simplicity and lottery',
    defaultWords: 'images/mnist in the folder $AGOP_DATA or in shared/data beside the program',
  }),
  full: flag({
    description:
      'The published sizes, as far as there are images: 50 and 500 of a class, 5 updates, 5000 pairs of each class, threshold 0.05, 1024 units',
  }),
  few: whole({
    from: 1,
    description: 'Of delayed: images of the rarer class',
    defaultWords: '10, and 30 with the weaker marker; --full: 50',
  }),
  many: whole({
    from: 1,
    description: 'Of delayed and spurious: images of a class',
    defaultWords: '300; --full: 500',
  }),
  contrast: number({
    above: 0,
    to: 1,
    description: 'Of delayed: contrast of the marker, from 0 to 1',
    defaultWords: '1 and 0.5; --full: 1',
  }),
  perClass: whole({
    from: 1,
    description: 'Of simplicity: training pairs of each class',
    defaultWords: '100; --full: 5000',
  }),
  tickets: whole({ from: 20, default: 2000, description: 'Of lottery: training digits, and test digits' }),
  threshold: list(
    number({
      above: 0,
      below: 1,
      description: 'Of lottery: pixels are kept whose scaled diagonal of M is above; repeatable',
      defaultWords: '0.2, 0.3 and 0.5; --full: 0.05',
    }),
  ),
  epochs: whole({ from: 1, default: 200, description: 'Passes of the networks over their images' }),
  width: whole({
    from: 1,
    description: 'Units of each of their two hidden layers',
    defaultWords: '256; --full: 1024',
  }),
  seed: whole({
    from: 0,
    default: 0,
    description:
      'Seed of weights and order; seed 0 takes the first images of the files, seed 1 the next, and so on',
  }),
  seeds: whole({
    from: 1,
    default: 1,
    description: 'Runs with so many seeds, from --seed on, and their spread',
  }),
} as const;

/** Settings of a run: plain JSON. */
export type PhenomenaSettings = Settings<typeof phenomenaOptions>;

/** What is to be shown. */
export function chosenPhenomena({ phenomenon }: PhenomenaSettings): readonly Phenomenon[] {
  return phenomenon.length === 0 ? phenomena : phenomenon;
}

/** Thresholds of the pixels that are kept. */
export function thresholdsOf({ threshold, full }: PhenomenaSettings): readonly number[] {
  if (threshold.length > 0) return threshold;
  return full ? [0.05] : [0.2, 0.3, 0.5];
}

/** Sizes that `full` decides where nothing else is said. */
export interface PhenomenaSizes {
  readonly many: number;
  readonly perClass: number;
  readonly width: number;
  /** Of the metric, in delayed generalization. */
  readonly updates: number;
}

const usual: PhenomenaSizes = { many: 300, perClass: 100, width: 256, updates: 3 };
const published: PhenomenaSizes = { many: 500, perClass: 5000, width: 1024, updates: 5 };

/** Sizes with their defaults. */
export function phenomenaSizes({ full, many, perClass, width }: PhenomenaSettings): PhenomenaSizes {
  const own = full ? published : usual;
  return {
    many: many ?? own.many,
    perClass: perClass ?? own.perClass,
    width: width ?? own.width,
    updates: own.updates,
  };
}

/** A marker and how rare one of its classes is. */
export interface MarkerVariant {
  readonly contrast: number;
  readonly few: number;
}

/** The markers of the study of delayed generalization. */
export function markersOf({ few, contrast, full }: PhenomenaSettings): readonly MarkerVariant[] {
  const all = [
    { contrast: 1, few: 10 },
    { contrast: 0.5, few: 10 },
    { contrast: 0.5, few: 30 },
  ];
  if (few === undefined && contrast === undefined && !full) return all;
  return [{ contrast: contrast ?? 1, few: few ?? (full ? 50 : 10) }];
}

/** @throws {OptionError} for options that do not go together */
export function checkPhenomenaSettings(settings: PhenomenaSettings): void {
  const chosen = chosenPhenomena(settings);
  if (new Set(chosen).size < chosen.length) {
    throw new OptionError('phenomenon', wording`${{ option: 'phenomenon' }} names the same one twice.`);
  }
  const owners: Readonly<Record<string, readonly Phenomenon[]>> = {
    few: ['delayed'],
    contrast: ['delayed'],
    threshold: ['lottery'],
  };
  for (const [option, own] of Object.entries(owners)) {
    const value: unknown = settings[option as 'few'];
    const given = Array.isArray(value) ? value.length > 0 : value !== undefined;
    if (!given || own.some((one) => chosen.includes(one))) continue;
    throw new OptionError(
      option,
      wording`${{ option }} needs ${{ option: 'phenomenon', value: own.join(' or ') }}.`,
    );
  }
}
