import {
  type ConvIterationEvent,
  type ConvProgressEvent,
  type ConvRecord,
  ConvRFMClassifier,
  type ImageKernel,
  imageKernelCost,
} from '@agop/conv-rfm';
import { type Backend, floatDType, type Wording, wording } from '@agop/core';
import { better } from '@agop/estimators';
import type { RunContext } from '../experiment.ts';
import { moments } from '../moments.ts';
import { withAdvice } from '../out-of-memory.ts';
import { type PartStore, RunParts } from '../run-parts.ts';
import type { FiltersData } from './data.ts';
import { modelOptions } from './model.ts';
import { picturesOf } from './pictures.ts';
import {
  type FiltersRound,
  type FiltersRunResult,
  type FiltersSummary,
  type SeedRun,
  seedRun,
} from './result.ts';
import { checkFiltersSettings, type FiltersSettings, validationShare } from './settings.ts';

/** Which fit an event is of. */
interface OfFit {
  readonly seed: number;
  /** Seeds of the whole run. */
  readonly seeds: number;
  readonly secondsLeft: number;
}

/** How far a run is: within a round, after a round, or something that people should know. */
export type FiltersEvent =
  | (OfFit & ConvProgressEvent & { readonly kind: 'progress' })
  | (OfFit &
      Pick<ConvIterationEvent, 'layer' | 'iteration' | 'iterations'> & {
        readonly kind: 'round';
        /** Whether there are feature layers, so that a round is not known by its number alone. */
        readonly layered: boolean;
        readonly accuracy: number | undefined;
        readonly snapshot: ConvIterationEvent['snapshot'];
      })
  | { readonly kind: 'note'; readonly text: Wording };

/** What a run of filters may leave out. */
export interface FiltersContext extends RunContext<FiltersEvent> {
  /** Whether pictures of filters and of what they see are made for the report. Default true. */
  readonly pictures?: boolean;
}

/** A run that has ended. */
export interface FiltersRun extends Disposable {
  readonly result: FiltersRunResult;
  /** The model of the first seed; `dispose()` of the run frees it. */
  readonly model: ConvRFMClassifier<number>;
}

/**
 * Learns filters for images with ConvRFM, once per seed.
 *
 * @param dataOf the images of a seed
 * @throws {OptionError} for settings that do not go together, or with the images
 * @throws {OutOfMemoryError} beforehand, if it cannot fit the memory budget
 * @throws {NotPositiveDefiniteError} if no ridge makes the kernel matrix positive definite
 * @throws {AbortedError} through `signal`
 */
export async function runFiltersExperiment(
  settings: FiltersSettings,
  dataOf: (seed: number) => Promise<FiltersData>,
  context: FiltersContext,
): Promise<FiltersRun> {
  checkFiltersSettings(settings);
  const { backend, onEvent, pictures = true } = context;
  // A single seed leaves nothing to go on with.
  const store = settings.seeds > 1 ? context.parts : undefined;
  const data = await dataOf(settings.seed);
  const { kernel } = modelOptions(settings);
  if (kernel.pooling === 'average') {
    onEvent?.({ kind: 'note', text: averageCost(kernel, data, backend) });
  }
  const runs: SeedRun[] = [];
  const parts = new RunParts(store, settings.seeds);
  // The first model is what is saved and shown: without it, its run is made again.
  let first = await keptModel(store, backend);
  try {
    for (let seed = settings.seed; seed < settings.seed + settings.seeds; seed++) {
      const isFirst = seed === settings.seed;
      const anew = isFirst && first === undefined;
      const run = await parts.take({ name: `seed ${seed}`, kind: seedRun, anew }, async () => {
        const images = isFirst ? data : await dataOf(seed);
        const { model, run: made } = await fitOnce(settings, images, seed, context);
        if (isFirst) {
          first?.dispose();
          first = model;
          await store?.write(modelFile, await model.toBytes());
        } else model.dispose();
        return made;
      });
      runs.push(run);
    }
    if (!first) throw new TypeError('there is one seed at least');
    const model = first;
    const shown = pictures
      ? await picturesOf(model, data, backend, settings.seed)
      : { filters: [], views: [] };
    return {
      result: {
        experiment: 'filters',
        version: 1,
        summary: summaryOf(settings, data, backend, model, runs),
        ...shown,
      },
      model,
      [Symbol.dispose]: () => model.dispose(),
    };
  } catch (error) {
    first?.dispose();
    throw error;
  }
}

const modelFile = 'model.safetensors';

/** The model of the first seed, where it was kept whole. */
async function keptModel(
  store: PartStore | undefined,
  backend: Backend,
): Promise<ConvRFMClassifier<number> | undefined> {
  const bytes = await store?.read(modelFile);
  return bytes && ConvRFMClassifier.load<number>(bytes, { backend }).catch(() => undefined);
}

async function fitOnce(
  settings: FiltersSettings,
  { training, test }: FiltersData,
  seed: number,
  { backend, signal, onEvent }: FiltersContext,
): Promise<{ readonly model: ConvRFMClassifier<number>; readonly run: SeedRun }> {
  const model = new ConvRFMClassifier<number>({
    backend,
    ...modelOptions(settings),
    seed,
  });
  const started = performance.now();
  const validation = validationShare(settings);
  const fit = { seed, seeds: settings.seeds };
  try {
    await model
      .fit({ data: training.data, shape: training.shape }, training.labels, {
        ...(validation !== undefined && { validation }),
        ...(test && { test: { x: { data: test.data, shape: test.shape }, y: test.labels } }),
        ...(signal && { signal }),
        onProgress: (event) => onEvent?.({ kind: 'progress', ...fit, ...event }),
        onWarning: ({ message }) => onEvent?.({ kind: 'note', text: [message] }),
        onIteration: ({ layer, iteration, iterations, records, snapshot, secondsLeft }) => {
          const { accuracy } = records.at(-1)?.test ?? records.at(-1)?.scores ?? {};
          const layered = settings.deep !== undefined;
          const at = { layer, iteration, iterations };
          onEvent?.({ kind: 'round', ...fit, ...at, layered, accuracy, snapshot, secondsLeft });
        },
      })
      .catch(withAdvice(wording`See ${{ option: 'limit' }}.`));
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { model, run: runOf(model, seed, (performance.now() - started) / 1000) };
}

/** Average pooling compares all pairs of positions: people should know before it begins. */
function averageCost(kernel: ImageKernel, { training }: FiltersData, backend: Backend): Wording {
  const [count, height, width, channels] = training.shape;
  const pairs = (pooling: 'average' | 'none'): number =>
    imageKernelCost(
      backend,
      { ...kernel, pooling },
      { size: { height, width, channels }, left: count, dtype: 'float32' },
    ).pairPositions;
  const all = pairs('average');
  return wording`${{ option: 'pooling', value: 'average' }} compares all pairs of positions: a kernel matrix of ${count} images visits ${all.toExponential(1)} pairs of patches, ${(all / pairs('none')).toFixed(0)} times as many as without. The time left is told as the work goes on; ${{ option: 'limit' }} makes it less.`;
}

/**
 * The rounds of a fitted model: per layer and iteration the fit that was kept, else the ridge with the best
 * validation scores, or the last one.
 */
function runOf({ history, best }: ConvRFMClassifier<number>, seed: number, seconds: number): SeedRun {
  const isKept = ({ layer, iteration, ridge }: ConvRecord): boolean =>
    layer === best.layer && iteration === best.iteration && ridge === best.ridge;
  const groups = new Map<string, ConvRecord[]>();
  for (const record of history) {
    const key = `${record.layer} ${record.iteration}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  const chosen = Array.from(
    groups.values(),
    (records) =>
      records.find(isKept) ??
      records.reduce((kept, record) =>
        !record.scores || better(record.scores, kept.scores, ['accuracy', 'mse']) ? record : kept,
      ),
  );
  return { seed, rounds: chosen.map(roundOf), best: chosen.findIndex(isKept), seconds };
}

function roundOf({ layer, iteration, ridge, scores, test }: ConvRecord): FiltersRound {
  const shown = test ?? scores;
  return {
    layer,
    iteration,
    ridge,
    accuracy: shown?.accuracy ?? null,
    mse: shown?.mse ?? null,
    ...(scores && { validation: { accuracy: scores.accuracy ?? Number.NaN, mse: scores.mse } }),
  };
}

function summaryOf(
  settings: FiltersSettings,
  { name, training, test, testHeldOut }: FiltersData,
  backend: Backend,
  model: ConvRFMClassifier<number>,
  runs: SeedRun[],
): FiltersSummary {
  const { ridge = [], kernel, deep } = modelOptions(settings);
  const [trainingImages, height, width, channels] = training.shape;
  const { centers } = model.machine;
  const fitted = centers.shape[0] as number;
  const dtype = floatDType(centers);
  const image = { height, width, channels };
  return {
    data: name,
    trainingImages: fitted,
    validationImages: trainingImages - fitted,
    testImages: test?.shape[0] ?? 0,
    testHeldOut,
    image,
    classes: model.classes.length,
    kernel: { name: kernel.name, parameters: { ...kernel.parameters } },
    ridges: typeof ridge === 'number' ? [ridge] : [...ridge],
    iterations: Math.max(...model.history.map(({ iteration }) => iteration)),
    featureLayers: deep?.layers ?? 0,
    backend: backend.name,
    device: backend.device.description,
    dtype,
    cost: { ...imageKernelCost(backend, kernel, { size: image, left: fitted, dtype }) },
    rounds: meanRounds(runs),
    runs,
    seconds: runs.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** The rounds of a single run, or the means over all runs. */
function meanRounds(runs: readonly SeedRun[]): FiltersRound[] {
  const [first] = runs;
  if (!first) return [];
  if (runs.length === 1) return [...first.rounds];
  return first.rounds.map(({ validation: _, ...round }, index) => {
    const each = runs.map(({ rounds }) => rounds[index] as FiltersRound);
    const accuracies = each.flatMap((one) => one.accuracy ?? []);
    const ridge = each.every((one) => one.ridge === round.ridge) ? round.ridge : null;
    if (accuracies.length < runs.length) return { ...round, ridge, accuracy: null, mse: null };
    const [accuracy, accuracyDeviation] = moments(accuracies);
    const [mse] = moments(each.flatMap((one) => one.mse ?? []));
    return { ...round, ridge, accuracy, mse, accuracyDeviation };
  });
}
