import { ConvRFMClassifier, convolutionalNtk } from '@agop/conv-rfm';
import { type Backend, randomArray, randomPermutation, Scope, subkey, ValueError } from '@agop/core';
import { matrixPower } from '@agop/rfm';
import type { RunContext } from '../experiment.ts';
import { type LabelledImages, pickImages } from '../images.ts';
import { RunParts } from '../run-parts.ts';
import { asTensorFlow, type TensorFlow } from '../tensorflow.ts';
import { EpochClock } from './epoch-clock.ts';
import { trainSmallNetwork } from './network.ts';
import { patchCovariance, patchesOf } from './patches.ts';
import {
  type FilterStartResult,
  type StartCurve,
  startCurve,
  startFilters,
  starts,
  trainings,
} from './result.ts';
import { type FilterStartSettings, filterStartSizes } from './settings.ts';

/** How far a run is. */
export type FilterStartEvent =
  | { readonly kind: 'rfm'; readonly seed: number }
  | {
      readonly kind: 'epoch';
      readonly seed: number;
      readonly start: StartCurve['start'];
      readonly training: StartCurve['training'];
      readonly epoch: number;
      readonly accuracy: number;
      /** Trainings that have ended, and all of them. */
      readonly done: number;
      readonly total: number;
      /** As long as the epochs so far, those with fixed filters and the others apart. */
      readonly secondsLeft: number;
    };

/** Images for training and testing. */
export interface FilterStartData {
  /** TensorFlow.js, with the backend that the networks train on. */
  readonly tf: TensorFlow;
  readonly name: string;
  readonly training: LabelledImages;
  readonly test: LabelledImages;
}

/**
 * Trains a small convolutional network from filters that are drawn from the patch AGOP of a ConvRFM, from the
 * covariance of patches, and from nothing; with the filters fixed, and trained.
 *
 * @throws {OptionError} for anything but TensorFlow.js
 * @throws {ValueError} for images that are smaller than the filters, or too few
 * @throws {AbortedError} through `signal`
 */
export async function runFilterStart(
  settings: FilterStartSettings,
  { tf: given, name, training, test }: FilterStartData,
  { backend, signal, onEvent, parts: store }: RunContext<FilterStartEvent>,
): Promise<FilterStartResult> {
  const tf = asTensorFlow(given);
  const { filters } = settings;
  const sizes = filterStartSizes(settings);
  const { samples, patchSize, epochs, learningRate } = sizes;
  const numbers = patchSize ** 2 * training.shape[3];
  const meanSquare = sizes.deviation === undefined ? 2 / numbers : sizes.deviation ** 2;
  const [, height, width, channels] = training.shape;
  if (Math.floor((Math.min(height, width) - patchSize) / 2) + 1 < 3) {
    throw new ValueError(
      `Images of ${height} x ${width} are too small for filters of ${patchSize} x ${patchSize}.`,
    );
  }
  const classes = training.labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const seeds = Array.from({ length: settings.seeds }, (_, index) => settings.seed + index);
  const held = { patches: patchesOf(test, patchSize), labels: test.labels };
  const total = seeds.length * starts.length * trainings.length;
  const curves: StartCurve[] = [];
  let shown: FilterStartResult['filters'] = [];
  const clock = new EpochClock(seeds.length * starts.length * epochs);
  const parts = new RunParts(store, total);
  for (const seed of seeds) {
    const order = randomPermutation(training.labels.length, subkey(seed, 'image-sample'));
    const images = pickImages(training, order.slice(0, samples));
    const own = { patches: patchesOf(images, patchSize), labels: images.labels };
    // Only where a training of this seed is still to be made.
    let roots: Promise<Record<StartCurve['start'], Float64Array | undefined>> | undefined;
    const filtersFrom = async (start: StartCurve['start']): Promise<Float32Array> => {
      roots ??= rootsOf(backend, { images, patches: own.patches }, { ...settings, patchSize }, seed, () =>
        onEvent?.({ kind: 'rfm', seed }),
      );
      return drawFilters((await roots)[start], { numbers, filters, meanSquare, seed });
    };
    if (seed === settings.seed) {
      shown = await parts.take({ name: 'filters', kind: startFilters, work: 0 }, async () => {
        const pictured: FilterStartResult['filters'] = [];
        for (const start of starts) {
          pictured.push(...pictures(start, await filtersFrom(start), filters, patchSize, channels));
        }
        return pictured;
      });
    }
    for (const start of starts) {
      // The longer training first, so that what is left is not told too short.
      for (const kind of trainings.toReversed()) {
        const done = curves.length;
        const name = `${start}, ${kind}, seed ${seed}`;
        let isMade = false;
        const curve = await parts.take({ name, kind: startCurve }, async () => {
          isMade = true;
          const values = await filtersFrom(start);
          clock.start();
          const accuracy = await trainSmallNetwork(tf, {
            training: own,
            test: held,
            classes,
            start: values,
            filters,
            trainsFilters: kind === 'all',
            epochs,
            learningRate,
            seed,
            signal,
            onEpoch: (epoch, reached) => {
              const secondsLeft = clock.tick(kind);
              const where = { kind: 'epoch', seed, start, training: kind, epoch } as const;
              onEvent?.({ ...where, accuracy: reached, done, total, secondsLeft });
            },
          });
          return { start, training: kind, seed, accuracy };
        });
        if (!isMade) clock.skip(kind, epochs);
        curves.push(curve);
      }
    }
  }
  return {
    experiment: 'filter-start',
    version: 1,
    summary: {
      images: name,
      samples: Math.min(samples, training.labels.length),
      testSamples: test.labels.length,
      agopSamples: Math.min(settings.agopSamples, samples, training.labels.length),
      iterations: settings.iterations,
      patchSize,
      filters,
      deviation: Math.sqrt(meanSquare),
      epochs,
      learningRate,
      seeds,
      curves,
      backend: backend.name,
      device: `${backend.device.description}; networks on TensorFlow.js ${tf.version_core}, ${tf.getBackend()}`,
      dtype: 'float32',
      seconds: parts.seconds,
    },
    filters: shown,
  };
}

/** What filters are drawn from: roots of the covariance of patches, and of the AGOP of a ConvRFM on them. */
async function rootsOf(
  backend: Backend,
  { images, patches }: { readonly images: LabelledImages; readonly patches: ReturnType<typeof patchesOf> },
  settings: Pick<FilterStartSettings, 'agopSamples' | 'iterations'> & { readonly patchSize: number },
  seed: number,
  begins: () => void,
): Promise<Record<StartCurve['start'], Float64Array | undefined>> {
  begins();
  return {
    random: undefined,
    'patch covariance': await rootOf(backend, patchCovariance(patches)),
    'patch AGOP': await agopRoot(
      backend,
      pickImages(images, first(settings.agopSamples, images)),
      settings,
      seed,
    ),
  };
}

function first(most: number, { labels }: LabelledImages): number[] {
  return Array.from({ length: Math.min(most, labels.length) }, (_, index) => index);
}

/** B of the last metric B² on patches, which is the AGOP up to its scale. */
async function agopRoot(
  backend: Backend,
  images: LabelledImages,
  { patchSize, iterations }: { readonly patchSize: number; readonly iterations: number },
  seed: number,
): Promise<Float64Array> {
  using model = new ConvRFMClassifier<number>({
    backend,
    kernel: convolutionalNtk({ depth: 1, patchSize }),
    ridge: 1e-3,
    iterations,
    seed,
  });
  await model.fit({ data: images.data, shape: images.shape }, images.labels);
  const last = model.snapshots.at(-1);
  if (!last) throw new TypeError('a fit keeps the transform of each iteration');
  return last.transform;
}

async function rootOf(backend: Backend, matrix: Float64Array): Promise<Float64Array> {
  const order = Math.sqrt(matrix.length);
  using scope = new Scope(backend);
  const dtype = backend.dtypes.includes('float64') ? 'float64' : 'float32';
  const root = await matrixPower(scope.ops, scope.ops.tensor(matrix, [order, order], dtype), 0.5);
  return Float64Array.from(await root.read());
}

/** How filters are drawn. */
interface FilterDrawing {
  /** Of a patch. */
  readonly numbers: number;
  readonly filters: number;
  /** Of all entries. */
  readonly meanSquare: number;
  readonly seed: number;
}

/**
 * Filters B g with normal g, [numbers, filters], scaled to the mean square that is wanted, whatever B is.
 */
function drawFilters(
  root: Float64Array | undefined,
  { numbers, filters, meanSquare, seed }: FilterDrawing,
): Float32Array {
  const g = randomArray(numbers * filters, 'normal', subkey(seed, 'patch-filters'), 'float64');
  const values = new Float64Array(numbers * filters);
  for (let i = 0; i < numbers; i++) {
    for (let j = 0; j < filters; j++) {
      let sum = root ? 0 : (g[i * filters + j] as number);
      if (root) {
        for (let k = 0; k < numbers; k++)
          sum += (root[i * numbers + k] as number) * (g[k * filters + j] as number);
      }
      values[i * filters + j] = sum;
    }
  }
  const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  return Float32Array.from(values, (value) => value * Math.sqrt(meanSquare / square));
}

/** Filters of each kind that are shown. */
const shownFilters = 8;

function pictures(
  start: string,
  values: Float32Array,
  filters: number,
  size: number,
  channels: number,
): FilterStartResult['filters'] {
  return Array.from({ length: Math.min(shownFilters, filters) }, (_, filter) => ({
    label: filter === 0 ? start : '',
    data: Array.from({ length: size * size * channels }, (__, i) => values[i * filters + filter] as number),
    height: size,
    width: size,
    channels,
  }));
}
