import { chooseDType } from '@agop/core';
import type { RunContext } from '../experiment.ts';
import type { DividedImages } from '../images.ts';
import { RunParts } from '../run-parts.ts';
import { pooled, type Rows } from './images.ts';
import { delayedGeneralization, type StudyContext, spuriousFeatures } from './markers.ts';
import { simplicityBias } from './pairs.ts';
import {
  type PhenomenaResult,
  type PhenomenaSummary,
  type PhenomenonPicture,
  phenomenonParts,
} from './result.ts';
import {
  checkPhenomenaSettings,
  chosenPhenomena,
  type MarkerVariant,
  markersOf,
  type PhenomenaSettings,
  type Phenomenon,
  phenomenaSizes,
  thresholdsOf,
} from './settings.ts';
import { lotteryTickets } from './tickets.ts';

/** How far a run is. */
export interface PhenomenaEvent {
  readonly phenomenon: Phenomenon;
  readonly seed: number;
  /** Share of all that is done. */
  readonly fraction: number;
  /** Undefined before anything is known of it. */
  readonly secondsLeft: number | undefined;
}

/** The images of a run; those that no phenomenon needs are left out. */
export interface PhenomenaData {
  readonly cifar10?: DividedImages;
  readonly mnist?: DividedImages;
}

/** A phenomenon, and which of its markers. */
interface Study {
  readonly phenomenon: Phenomenon;
  readonly marker?: MarkerVariant;
}

/** Rate of the networks, as published. */
const learningRate = 0.1;

/**
 * Phenomena of networks that Recursive Feature Machines show as well, both side by side.
 *
 * @throws {OptionError} for settings that do not go together
 * @throws {ConvergenceError} for a training that diverges
 * @throws {AbortedError} through `signal`
 */
export async function runPhenomena(
  settings: PhenomenaSettings,
  data: PhenomenaData,
  { backend, signal, onEvent, parts: store }: RunContext<PhenomenaEvent>,
): Promise<PhenomenaResult> {
  checkPhenomenaSettings(settings);
  const seeds = Array.from({ length: settings.seeds }, (_, i) => settings.seed + i);
  const images = imagesOf(data);
  const studies: readonly Study[] = chosenPhenomena(settings).flatMap((phenomenon): Study[] =>
    phenomenon === 'delayed'
      ? markersOf(settings).map((marker) => ({ phenomenon, marker }))
      : [{ phenomenon }],
  );
  const found: Pick<PhenomenaSummary, Phenomenon> = {
    delayed: [],
    spurious: [],
    simplicity: [],
    lottery: [],
  };
  const pictures: PhenomenaResult['pictures'] = { spurious: [], simplicity: [], lottery: [] };
  const { epochs } = settings;
  const { many, perClass, width, updates } = phenomenaSizes(settings);
  const parts = new RunParts(store, seeds.length * studies.length);
  for (const seed of seeds) {
    const ofFirst = <T extends { readonly pictures: PhenomenonPicture[] }>(part: T): T =>
      seed === settings.seed ? part : { ...part, pictures: [] };
    for (const { phenomenon, marker } of studies) {
      const context: StudyContext = {
        ...{ backend, signal, seed },
        training: { hidden: [width, width], epochs, learningRate, seed },
        tell: (part) => {
          onEvent?.({ phenomenon, seed, ...parts.progress(part) });
        },
      };
      const name = `${phenomenon}${marker ? ` ${marker.contrast} ${marker.few}` : ''}, seed ${seed}`;
      if (marker) {
        const { delayed: kind } = phenomenonParts;
        const run = await parts.take({ name, kind }, () => {
          context.tell(0);
          return delayedGeneralization(images.photos(), { ...marker, many, updates }, context);
        });
        found.delayed.push(run);
      } else if (phenomenon === 'spurious') {
        const { spurious: kind } = phenomenonParts;
        const part = await parts.take({ name, kind }, async () => {
          context.tell(0);
          return ofFirst(await spuriousFeatures(images.photos(), many, context));
        });
        found.spurious.push(part.run);
        pictures.spurious.push(...part.pictures);
      } else if (phenomenon === 'simplicity') {
        const { simplicity: kind } = phenomenonParts;
        const part = await parts.take({ name, kind }, async () => {
          context.tell(0);
          const both = { photos: images.photos(), digits: images.smallDigits() };
          return ofFirst(await simplicityBias(both, perClass, context));
        });
        found.simplicity.push(part.run);
        pictures.simplicity.push(...part.pictures);
      } else {
        const { lottery: kind } = phenomenonParts;
        const part = await parts.take({ name, kind }, async () => {
          context.tell(0);
          const { tickets } = settings;
          return ofFirst(await lotteryTickets(images.digits(), tickets, thresholdsOf(settings), context));
        });
        found.lottery.push(part.run);
        pictures.lottery.push(...part.pictures);
      }
    }
  }
  return {
    experiment: 'phenomena',
    version: 1,
    summary: {
      ...found,
      ...{ seeds, epochs, width },
      backend: backend.name,
      device: backend.device.description,
      dtype: `${chooseDType(backend, undefined, 'float64')}, networks float32`,
      seconds: parts.seconds,
    },
    pictures,
  };
}

/** The images in the forms that the studies take, made once. */
function imagesOf({ cifar10, mnist }: PhenomenaData) {
  const once = <T>(make: () => T): (() => T) => {
    let made: T | undefined;
    return () => {
      made ??= make();
      return made;
    };
  };
  const given = (set: DividedImages | undefined, name: string): DividedImages => {
    if (set) return set;
    throw new TypeError(`${name} was to be read`);
  };
  const both = (set: DividedImages, form: (images: DividedImages['training']) => Rows) => ({
    train: form(set.training),
    test: form(set.test),
  });
  return {
    photos: once(() => both(given(cifar10, 'CIFAR-10'), pooled)),
    smallDigits: once(() => both(given(mnist, 'MNIST'), pooled)),
    digits: once(() =>
      both(given(mnist, 'MNIST'), ({ data, shape: [count, height, width, channels], labels }) => ({
        data: Float32Array.from(data),
        ...{ count, height, width, channels, labels },
      })),
    ),
  };
}
