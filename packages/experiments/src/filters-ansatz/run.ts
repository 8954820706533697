import { randomPermutation, subkey, ValueError } from '@agop/core';
import type { ImageSet } from '@agop/data';
import type { ModelFeatures } from '@agop/nfa';
import type * as tfjs from '@tensorflow/tfjs';
import type { RunContext } from '../experiment.ts';
import { RunParts } from '../run-parts.ts';
import { asLayersModel, asTensorFlow, type NetworkModel, type TensorFlow } from '../tensorflow.ts';
import { firstLayerPictures } from './pictures.ts';
import {
  type FiltersAnsatzPart,
  type FiltersAnsatzResult,
  filtersAnsatzPart,
  type MeasuredNetwork,
} from './result.ts';
import { checkFiltersAnsatzSettings, type FiltersAnsatzSettings } from './settings.ts';

/** How far a run is. */
export interface FiltersAnsatzEvent {
  readonly network: string;
  readonly seed: number;
  readonly phase: 'gradients' | 'comparison';
  readonly done: number;
  readonly total: number;
}

/** A network and what it takes. */
export interface NetworkToMeasure {
  readonly name: string;
  readonly model: NetworkModel;
  /** The value that it takes for white. */
  readonly white: number;
}

/** A network that is known to be a layers model. */
interface OpenNetwork extends NetworkToMeasure {
  readonly model: tfjs.LayersModel;
}

/** What a run measures. */
export interface FiltersAnsatzData {
  /** TensorFlow.js, with the backend that the networks run on. */
  readonly tf: TensorFlow;
  /** Opens the networks, one after the other; each is disposed of before the next one. */
  readonly networks: readonly (() => Promise<NetworkToMeasure>)[];
  readonly images: ImageSet;
  readonly imagesName: string;
}

/** Beyond so many outputs, random directions of them are taken. */
const mostOutputs = 256;
const fewDirections = 32;

/**
 * How far the filters of networks are explained by their patch AGOPs, beside filters that are rotated or
 * random.
 *
 * @throws {OptionError} for settings that do not go together, and anything but TensorFlow.js and its models
 * @throws {AbortedError} through `signal`
 */
export async function runFiltersAnsatz(
  settings: FiltersAnsatzSettings,
  { tf: given, networks, images, imagesName }: FiltersAnsatzData,
  context: RunContext<FiltersAnsatzEvent>,
): Promise<FiltersAnsatzResult> {
  checkFiltersAnsatzSettings(settings);
  const tf = asTensorFlow(given);
  const { backend } = context;
  const seeds = Array.from({ length: settings.seeds }, (_, index) => settings.seed + index);
  const parts = new RunParts(context.parts, networks.length * seeds.length);
  const measured: MeasuredNetwork[] = [];
  const pictures: FiltersAnsatzResult['pictures'] = [];
  for (const [index, open] of networks.entries()) {
    const made: FiltersAnsatzPart[] = [];
    // A network all of whose seeds were kept need not be opened.
    let opened: OpenNetwork | undefined;
    try {
      for (const seed of seeds) {
        const part = await parts.take(
          { name: `network ${index + 1}, seed ${seed}`, kind: filtersAnsatzPart },
          async () => {
            opened ??= await layersModelOf(open);
            return measureSeed(tf, opened, images, settings, seed, context);
          },
        );
        made.push(part);
        if (part.pictures) pictures.push({ network: part.name, ...part.pictures });
      }
    } finally {
      opened?.model.dispose();
    }
    measured.push(summaryOf(made));
  }
  return {
    experiment: 'filters-ansatz',
    version: 1,
    summary: {
      images: imagesName,
      count: settings.count,
      seeds,
      networks: measured,
      backend: backend.name,
      device: `${backend.device.description}; networks on TensorFlow.js ${tf.version_core}, ${tf.getBackend()}`,
      dtype: 'float32',
      seconds: parts.seconds,
    },
    pictures,
  };
}

/** @throws {OptionError} for a model of another kind, which is disposed of */
async function layersModelOf(open: () => Promise<NetworkToMeasure>): Promise<OpenNetwork> {
  const opened = await open();
  try {
    return { ...opened, model: asLayersModel(opened.model) };
  } catch (error) {
    opened.model.dispose();
    throw error;
  }
}

async function measureSeed(
  tf: typeof tfjs,
  network: OpenNetwork,
  images: ImageSet,
  settings: FiltersAnsatzSettings,
  seed: number,
  context: RunContext<FiltersAnsatzEvent>,
): Promise<FiltersAnsatzPart> {
  const began = performance.now();
  const x = imagesFor(tf, network, images, settings.count, seed);
  try {
    const features = await measure(tf, network, x, settings, seed, context);
    const seconds = (performance.now() - began) / 1000;
    const { name, model } = network;
    const isFirst = seed === settings.seed;
    return {
      name,
      size: [x.shape[1], x.shape[2]],
      outputs: features.outputs,
      parameters: model.countParams(),
      directions: features.directions,
      skipped: [...features.skipped],
      layers: features.layers.map(({ name: layer, className, units, inputs, positions, ...found }) => ({
        ...{ name: layer, className, units, inputs, positions },
        trained: found.correlations,
        rotated: found.rotated,
        random: found.random,
      })),
      seconds,
      pictures: (isFirst && (await firstLayerPictures(tf, model, features, x, context.backend))) || null,
    };
  } finally {
    x.dispose();
  }
}

async function measure(
  tf: typeof tfjs,
  { name, model }: OpenNetwork,
  x: tfjs.Tensor4D,
  { directions, controls }: FiltersAnsatzSettings,
  seed: number,
  { backend, signal, onEvent }: RunContext<FiltersAnsatzEvent>,
): Promise<ModelFeatures> {
  const { modelFeatures } = await import('@agop/nfa');
  const taken = directions ?? (outputsOf(tf, model, x) > mostOutputs ? fewDirections : undefined);
  return modelFeatures({
    backend,
    model,
    x,
    logits: true,
    controls,
    seed,
    ...(taken !== undefined && { directions: taken }),
    ...(signal && { signal }),
    onProgress: ({ phase, done, total }) => {
      if (phase === 'gradients' || phase === 'comparison') {
        onEvent?.({ network: name, seed, phase, done, total });
      }
    },
  });
}

/** Numbers that a model makes of an image. */
function outputsOf(tf: typeof tfjs, model: tfjs.LayersModel, x: tfjs.Tensor4D): number {
  return tf.tidy(() => {
    const made = model.predict(tf.slice(x, 0, 1));
    return (Array.isArray(made) ? made : [made]).reduce((sum, { size }) => sum + size, 0);
  });
}

/** Some of the images, in the size and the range of values that a network takes. */
function imagesFor(
  tf: typeof tfjs,
  { name, model, white }: NetworkToMeasure,
  { data, shape }: ImageSet,
  count: number,
  seed: number,
): tfjs.Tensor4D {
  const [all, height, width, channels] = shape;
  const [, rows, columns, taken] = model.inputs[0]?.shape ?? [];
  if (model.inputs.length !== 1 || model.inputs[0]?.shape.length !== 4 || taken !== channels) {
    throw new ValueError(
      `The network '${name}' takes [${model.inputs[0]?.shape.map((length) => length ?? 'any').join(', ')}], not images of ${channels} channels.`,
    );
  }
  const pixels = height * width * channels;
  const chosen = randomPermutation(all, subkey(seed, 'image-sample')).slice(0, count);
  const values = new Float32Array(chosen.length * pixels);
  for (const [index, image] of chosen.entries()) {
    values.set(data.subarray(image * pixels, (image + 1) * pixels), index * pixels);
  }
  return tf.tidy(() => {
    const small = tf.mul(tf.tensor4d(values, [chosen.length, height, width, channels]), white);
    return tf.image.resizeBilinear(small as tfjs.Tensor4D, [rows ?? height, columns ?? width]);
  });
}

function summaryOf(made: readonly FiltersAnsatzPart[]): MeasuredNetwork {
  const [first] = made;
  if (!first) throw new TypeError('there is one seed at least');
  const { pictures: _, ...network } = first;
  return {
    ...network,
    layers: first.layers.map((layer, index) => ({
      ...layer,
      trained: made.flatMap(({ layers }) => layers[index]?.trained ?? []),
      rotated: made.flatMap(({ layers }) => layers[index]?.rotated ?? []),
      random: made.flatMap(({ layers }) => layers[index]?.random ?? []),
    })),
    seconds: made.map(({ seconds }) => seconds),
  };
}
