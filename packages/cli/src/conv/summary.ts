import {
  type ConvRecord,
  type ConvRFMClassifier,
  type ImageKernelCost,
  imageKernelCost,
} from '@agop/conv-rfm';
import { type Backend, floatDType } from '@agop/core';
import type { ConvData } from './data.ts';
import type { ConvSettings } from './settings.ts';

/** One fit: the fixed kernel, then an update of the patch metric each. */
export interface ConvRound {
  /** Feature layers below. */
  readonly layer: number;
  /** 0 is the fixed kernel. */
  readonly iteration: number;
  /** The ridge that validation chose. Null in the means over seeds that chose different ones. */
  readonly ridge: number | null;
  /**
   * Share of test images with the right label; of validation images where there are no test images; null where there are neither. Over all seeds: the
   * mean.
   */
  readonly accuracy: number | null;
  /** Mean over the same images of the squared error summed over classes; null where there are none. */
  readonly mse: number | null;
  /** Standard deviation over the seeds. */
  readonly accuracyDeviation?: number;
  readonly validation?: { readonly accuracy: number; readonly mse: number };
}

/** A run with one seed. */
export interface ConvRun {
  readonly seed: number;
  readonly rounds: readonly ConvRound[];
  /** Index of the round that was kept: best on validation data, else the last one. */
  readonly best: number;
  readonly seconds: number;
}

/** What `conv --json` prints. The same command on the same backend gives the same numbers, the times apart. */
export interface ConvSummary {
  readonly data: string;
  readonly trainingImages: number;
  readonly validationImages: number;
  readonly testImages: number;
  /** Whether the test images were held out of the training files, as a folder had no others. */
  readonly testHeldOut: boolean;
  readonly image: { readonly height: number; readonly width: number; readonly channels: number };
  readonly classes: number;
  readonly kernel: { readonly name: string; readonly parameters: Readonly<Record<string, number | string>> };
  readonly ridges: readonly number[];
  readonly iterations: number;
  readonly featureLayers: number;
  readonly backend: string;
  readonly device: string;
  readonly dtype: string;
  /** Of one kernel matrix of the training images. */
  readonly cost: ImageKernelCost;
  /** Of the first run, or the means over all runs. */
  readonly rounds: readonly ConvRound[];
  readonly runs: readonly ConvRun[];
  /** Of all fits together. */
  readonly seconds: number;
  readonly report?: string;
}

/** The rounds of a fitted model: per layer and iteration the ridge with the best validation scores, or the last one. */
export function convRun(model: ConvRFMClassifier<number>, seed: number, seconds: number): ConvRun {
  const groups = new Map<string, ConvRecord[]>();
  for (const record of model.history) {
    const key = `${record.layer} ${record.iteration}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  const chosen = [...groups.values()].map((records) =>
    records.reduce((best, record) => (beats(record, best) ? record : best)),
  );
  const { best } = model;
  const isBest = (record: ConvRecord): boolean =>
    record.layer === best.layer && record.iteration === best.iteration;
  return { seed, rounds: chosen.map(roundOf), best: chosen.findIndex(isBest), seconds };
}

export function convSummary(
  settings: ConvSettings,
  data: ConvData,
  backend: Backend,
  model: ConvRFMClassifier<number>,
  runs: readonly ConvRun[],
  report: string | undefined,
): ConvSummary {
  const { ridge = [], deep } = settings.model;
  const { kernel } = settings.model;
  const [trainingImages, height, width, channels] = data.training.shape;
  const fitted = model.machine.centers.shape[0] as number;
  const dtype = floatDType(model.machine.centers);
  const image = { height, width, channels };
  return {
    data: data.name,
    trainingImages: fitted,
    validationImages: trainingImages - fitted,
    testImages: data.test?.shape[0] ?? 0,
    testHeldOut: data.testHeldOut,
    image,
    classes: model.classes.length,
    kernel: { name: kernel.name, parameters: kernel.parameters },
    ridges: typeof ridge === 'number' ? [ridge] : [...ridge],
    iterations: Math.max(...model.history.map(({ iteration }) => iteration)),
    featureLayers: deep?.layers ?? 0,
    backend: backend.name,
    device: backend.device.description,
    dtype,
    cost: imageKernelCost(backend, kernel, { size: image, left: fitted, dtype }),
    rounds: meanRounds(runs),
    runs,
    seconds: runs.reduce((sum, { seconds }) => sum + seconds, 0),
    ...(report !== undefined && { report }),
  };
}

function beats({ scores }: ConvRecord, { scores: best }: ConvRecord): boolean {
  if (!scores || !best) return true;
  const [a, b] = [scores.accuracy ?? 0, best.accuracy ?? 0];
  return a > b || (a === b && scores.mse < best.mse);
}

function roundOf({ layer, iteration, ridge, scores, test }: ConvRecord): ConvRound {
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

function meanRounds(runs: readonly ConvRun[]): ConvRound[] {
  const [first] = runs;
  if (!first) return [];
  if (runs.length === 1) return [...first.rounds];
  return first.rounds.map(({ validation: _, ...round }, index) => {
    const each = runs.map(({ rounds }) => rounds[index] as ConvRound);
    const accuracies = each.flatMap((one) => one.accuracy ?? []);
    const errors = each.flatMap((one) => one.mse ?? []);
    const ridge = each.every((one) => one.ridge === round.ridge) ? round.ridge : null;
    if (accuracies.length < runs.length) return { ...round, ridge, accuracy: null, mse: null };
    const accuracy = mean(accuracies);
    const spread = accuracies.reduce((sum, value) => sum + (value - accuracy) ** 2, 0) / (runs.length - 1);
    return { ...round, ridge, accuracy, mse: mean(errors), accuracyDeviation: Math.sqrt(spread) };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A kernel for people: `NTK of 3 layers, patches of 3 x 3`. */
export function kernelWords({ name, parameters }: ConvSummary['kernel']): string {
  const { patchSize, padding, pooling, depth, bandwidth } = parameters;
  // A kernel of someone's own, in a model that a program saved.
  if (patchSize === undefined) return `kernel ${name}`;
  const words: Readonly<Record<string, string>> = {
    convolutionalNtk: `NTK of ${depth} ${depth === 1 ? 'layer' : 'layers'}`,
    convolutionalNngp: `NNGP of ${depth} ${depth === 1 ? 'layer' : 'layers'}`,
    'patches.laplace': `Laplace kernel of bandwidth ${bandwidth}`,
    'patches.gaussian': `Gaussian kernel of bandwidth ${bandwidth}`,
  };
  const extra = [
    padding === 'valid' ? '' : `, padding ${padding}`,
    pooling === 'none' ? '' : ', average pooling',
  ];
  return `${words[name] ?? name}, patches of ${patchSize} x ${patchSize}${extra.join('')}`;
}
