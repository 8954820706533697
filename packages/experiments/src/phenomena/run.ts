import { chooseDType } from '@agop/core';
import type { RunContext } from '../experiment.ts';
import type { DividedImages } from '../images.ts';
import { pooled, type Rows } from './images.ts';
import { delayedGeneralization, type StudyContext, spuriousFeatures } from './markers.ts';
import { simplicityBias } from './pairs.ts';
import type { PhenomenaResult, PhenomenaSummary } from './result.ts';
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
  { backend, signal, onEvent }: RunContext<PhenomenaEvent>,
): Promise<PhenomenaResult> {
  checkPhenomenaSettings(settings);
  const started = performance.now();
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
  for (const [s, seed] of seeds.entries()) {
    for (const [i, { phenomenon, marker }] of studies.entries()) {
      const context: StudyContext = {
        ...{ backend, signal, seed },
        training: { hidden: [width, width], epochs, learningRate, seed },
        tell: (part) => {
          const fraction = (s + (i + part) / studies.length) / seeds.length;
          const seconds = (performance.now() - started) / 1000;
          onEvent?.({
            phenomenon,
            seed,
            fraction,
            secondsLeft: fraction > 0 ? seconds * (1 / fraction - 1) : undefined,
          });
        },
      };
      context.tell(0);
      if (marker) {
        found.delayed.push(
          await delayedGeneralization(images.photos(), { ...marker, many, updates }, context),
        );
      } else if (phenomenon === 'spurious') {
        const { run, pictures: own } = await spuriousFeatures(images.photos(), many, context);
        found.spurious.push(run);
        if (s === 0) pictures.spurious.push(...own);
      } else if (phenomenon === 'simplicity') {
        const both = { photos: images.photos(), digits: images.smallDigits() };
        const { run, pictures: own } = await simplicityBias(both, perClass, context);
        found.simplicity.push(run);
        if (s === 0) pictures.simplicity.push(...own);
      } else {
        const thresholds = thresholdsOf(settings);
        const { run, pictures: own } = await lotteryTickets(
          images.digits(),
          settings.tickets,
          thresholds,
          context,
        );
        found.lottery.push(run);
        if (s === 0) pictures.lottery.push(...own);
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
      seconds: (performance.now() - started) / 1000,
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
