import { chooseDType, floatDType, Scope, ShapeError, type Tensor } from '@agop/core';
import {
  downloadTensors,
  fromFile,
  type LoadOptions,
  measureSchema,
  namedSchema,
  requireTensor,
  restoreTensors,
  type Trainer,
  type TrainerTypes,
} from '@agop/estimators';
import type { KernelFactory } from '@agop/rfm';
import * as z from 'zod/mini';
import { featureLayer } from '../deep/feature-layer.ts';
import { type ImageSize, imageSize } from '../images/geometry.ts';
import { type HostImages, type ImageInput, toHostImages } from '../images/image-input.ts';
import { imageKernelFromDescription } from '../kernels/serialization.ts';
import { ConvMachine } from '../machine/conv-machine.ts';
import type { ConvEvents, ConvRecord, ConvScores, PredictOptions } from './events.ts';
import { type FittedConv, fittedConv } from './fitted.ts';
import type { ConvEstimatorOptions, ConvSettings } from './options.ts';
import { uploadFrom } from './origin.ts';
import { trainConv } from './training.ts';

const natural = z.int().check(z.nonnegative());
const scoresSchema = z.nullable(z.object({ accuracy: z.nullable(z.number()), mse: measureSchema }));
const recordSchema = z.object({
  layer: natural,
  iteration: natural,
  ridge: z.number().check(z.nonnegative()),
  scores: scoresSchema,
  test: scoresSchema,
});

const schema = z.object({
  kernel: namedSchema,
  /** Whether images are counted from an origin. */
  origin: z.optional(z.boolean()),
  layers: z.array(
    z.object({
      patchSize: z.int().check(z.positive()),
      padding: z.enum(['valid', 'image', 'same']),
      activation: z.enum(['relu', 'none']),
    }),
  ),
  best: recordSchema,
  history: z.array(recordSchema),
  snapshots: z.array(
    z.object({
      layer: natural,
      iteration: natural,
      patchSize: z.int().check(z.positive()),
      channels: z.int().check(z.positive()),
    }),
  ),
});

/** What a saved model says about itself, apart from its task and its tensors. */
export type ConvModelDescription = z.infer<typeof schema>;

/** Options of loading a model. */
export interface ConvLoadOptions
  extends LoadOptions,
    Pick<ConvEstimatorOptions, 'channels' | 'memoryBudget' | 'tileBytes'> {
  /** Factories of the user's own kernels on patches, by name. */
  readonly kernels?: Readonly<Record<string, KernelFactory>>;
}

/** The types of {@link convRfm}. */
export interface ConvTypes extends TrainerTypes {
  readonly input: ImageInput;
  readonly samples: HostImages;
  readonly settings: ConvSettings;
  readonly fitted: FittedConv;
  readonly description: ConvModelDescription;
  readonly events: ConvEvents;
  readonly how: readonly [options?: PredictOptions];
  readonly load: ConvLoadOptions;
}

/** ConvRFM and Deep ConvRFM as an algorithm: the loop on each layer, and the best fit of all is kept. */
export const convRfm: Trainer<ConvTypes> = {
  noun: 'images',
  optionNames: {
    fit: ['onProgress', 'onIteration', 'onWarning'],
    load: ['kernels', 'channels', 'memoryBudget', 'tileBytes'],
  },

  format: {
    name: 'agop-conv-rfm',
    version: 2,
    title: 'ConvRFM model',
    packageName: '@agop/conv-rfm',
    estimators: { classification: 'ConvRFMClassifier', regression: 'ConvRFMRegressor' },
    parse: (description) => schema.parse(description),
  },

  read: (input, what, { channels }) => toHostImages(input, what, channels),

  checkLike(images, like, prefix) {
    if (inWords(images) !== inWords(like)) {
      throw new ShapeError(`${prefix}X has images of ${inWords(images)}, but X of ${inWords(like)}.`);
    }
  },

  fit: trainConv,

  async predict({ machine, images, origin, layers, options }, given, watch) {
    const { backend } = machine;
    const size = imageSize(images, 'The images');
    if (inWords(given) !== inWords(size)) {
      throw new ShapeError(
        `X has images of ${inWords(given)}, but the model was fitted on ${inWords(size)}.`,
      );
    }
    using scope = new Scope(backend);
    const what = { what: 'X', smallest: false };
    let x = scope.own(uploadFrom(origin, backend, given, floatDType(images), what));
    for (const layer of layers) {
      const below = x;
      x = featureLayer(scope.ops, below, layer.filters, layer);
      below.dispose();
    }
    const { memoryBudget, tileBytes } = options;
    return await scope.own(await machine.predict(x, { memoryBudget, tileBytes, ...watch })).read();
  },

  async encode({ machine, images, origin, layers, best, history, snapshots }) {
    const { kernel, coefficients, transform } = machine;
    const filters = layers.map((layer, index): [string, Tensor] => [`filters.${index}`, layer.filters]);
    const learned = transform ? { transform } : {};
    const tensors = await downloadTensors({
      images,
      coefficients,
      ...learned,
      ...Object.fromEntries(filters),
    });
    for (const [index, { transform: data }] of snapshots.entries()) {
      const d = Math.sqrt(data.length);
      tensors[`snapshot.${index}`] = { dtype: 'float64', shape: [d, d], data };
    }
    if (origin) tensors['origin'] = { dtype: 'float64', shape: images.shape.slice(1), data: origin };
    const description = {
      ...(origin && { origin: true }),
      kernel: { name: kernel.name, parameters: { ...kernel.parameters } },
      layers: layers.map(({ filters: _, ...layer }) => layer),
      best: saved(best),
      history: history.map(saved),
      snapshots: snapshots.map(({ transform: _, ...snapshot }) => snapshot),
    };
    return { description, tensors };
  },

  decode({ description, tensors }, outputs, { backend, dtype, kernels = {}, ...rest }) {
    const host = requireTensor(tensors, 'images', 4);
    const target = chooseDType(backend, dtype, host.dtype === 'float32' ? 'float32' : 'float64');
    const kernel = imageKernelFromDescription(description.kernel, kernels);
    const best = restored(description.best);
    const snapshots = description.snapshots.map((snapshot, index) => {
      const d = snapshot.patchSize ** 2 * snapshot.channels;
      const { data } = requireTensor(tensors, `snapshot.${index}`, [d, d]);
      return { ...snapshot, transform: Float64Array.from(data) };
    });
    const hasOrigin = description.origin === true || Object.hasOwn(tensors, 'origin');
    const origin = hasOrigin
      ? Float64Array.from(requireTensor(tensors, 'origin', host.shape.slice(1)).data)
      : undefined;
    return restoreTensors(
      backend,
      target,
      tensors,
      (take) =>
        fromFile('images, filters and kernel', () => {
          using scope = new Scope(backend);
          const images = take('images', host.shape);
          const layers = description.layers.map((layer, index) => ({
            ...layer,
            filters: take(`filters.${index}`, 2),
          }));
          let centers = images;
          for (const layer of layers) {
            const features = scope.own(featureLayer(scope.ops, centers, layer.filters, layer));
            if (centers !== images) centers.dispose();
            centers = features;
          }
          // Only the first fit of a layer has the identity.
          const hasTransform = best.iteration > 0 || Object.hasOwn(tensors, 'transform');
          const transform = hasTransform ? take('transform', 2) : undefined;
          const coefficients = take('coefficients', [host.shape[0] as number, outputs]);
          const machine = new ConvMachine({ backend, kernel, transform, centers, coefficients });
          return fittedConv(scope, {
            machine,
            images,
            origin,
            layers,
            best,
            history: description.history.map(restored),
            snapshots,
            warnings: [],
            options: { ...rest, backend, kernel, dtype: target, ridge: best.ridge },
          });
        }),
      host.dtype,
    );
  },
};

function inWords({ height, width, channels }: ImageSize): string {
  return `${height} x ${width} x ${channels} (height x width x channels)`;
}

type SavedRecord = z.infer<typeof recordSchema>;

function saved({ scores, test, ...record }: ConvRecord): SavedRecord {
  const plain = (some: ConvScores | undefined): SavedRecord['scores'] =>
    some ? { ...some, accuracy: some.accuracy ?? null } : null;
  return { ...record, scores: plain(scores), test: plain(test) };
}

function restored({ scores, test, ...record }: SavedRecord): ConvRecord {
  const full = (some: SavedRecord['scores']): ConvScores | undefined =>
    some ? { ...some, accuracy: some.accuracy ?? undefined } : undefined;
  return { ...record, scores: full(scores), test: full(test) };
}
