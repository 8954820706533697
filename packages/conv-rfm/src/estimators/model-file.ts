import { type Backend, chooseDType, type FloatDType, FormatError, Scope, type Tensor } from '@agop/core';
import {
  decodeModel,
  downloadTensor,
  encodeModel,
  type HostTensor,
  type ModelFormat,
  requireTensor,
} from '@agop/estimators';
import type { KernelFactory } from '@agop/rfm';
import * as z from 'zod/mini';
import { imageKernelFromDescription } from '../kernels/serialization.ts';
import { ConvMachine } from '../machine/conv-machine.ts';
import { applyLayer } from './feature-layers.ts';
import type { ConvEstimatorOptions, ConvRecord, ConvScores } from './options.ts';
import type { FittedLayer, TrainedConv } from './trained.ts';

/** Raised when old programs could not read new files. */
const formatVersion = 1;

const scoresSchema = z.nullable(z.object({ accuracy: z.nullable(z.number()), mse: z.number() }));
const recordSchema = z.object({
  layer: z.int(),
  iteration: z.int(),
  ridge: z.number(),
  scores: scoresSchema,
  test: scoresSchema,
});

const modelSchema = z.object({
  version: z.literal(formatVersion),
  task: z.enum(['regression', 'classification']),
  kernel: z.object({ name: z.string(), parameters: z.record(z.string(), z.union([z.number(), z.string()])) }),
  layers: z.array(
    z.object({
      patchSize: z.int(),
      padding: z.enum(['valid', 'image', 'same']),
      activation: z.enum(['relu', 'none']),
    }),
  ),
  best: recordSchema,
  history: z.array(recordSchema),
  snapshots: z.array(z.object({ layer: z.int(), iteration: z.int(), patchSize: z.int(), channels: z.int() })),
  /** Classes of a classifier, in the order of the outputs. */
  classes: z.optional(z.array(z.union([z.string(), z.number(), z.boolean()]))),
  /** Whether the targets of a regression were a vector. */
  singleOutput: z.optional(z.boolean()),
});

/** What a saved model says about itself, apart from its tensors. */
export type ConvModelDescription = z.infer<typeof modelSchema>;

const modelFormat: ModelFormat<ConvModelDescription> = {
  name: 'agop-conv-rfm',
  version: formatVersion,
  title: 'ConvRFM model',
  packageName: '@agop/conv-rfm',
  estimators: { classification: 'ConvRFMClassifier', regression: 'ConvRFMRegressor' },
  parse: (description) => modelSchema.parse(description),
};

/** A model as the estimators hand it over. */
export interface SavedConvModel {
  readonly trained: TrainedConv;
  readonly task: ConvModelDescription['task'];
  readonly classes?: readonly (string | number | boolean)[];
  readonly singleOutput?: boolean;
  /** More tensors of the estimator. */
  readonly extra: Readonly<Record<string, HostTensor>>;
}

/** What comes out of a file, on the host. */
export interface DecodedConvModel {
  readonly description: ConvModelDescription;
  readonly tensors: Readonly<Record<string, HostTensor>>;
}

/** Options of loading a model. */
export interface ConvLoadOptions
  extends Pick<ConvEstimatorOptions, 'backend' | 'channels' | 'memoryBudget' | 'tileBytes'> {
  /** Precision to compute in. Default that of the file, or the backend's preferred one where it has not that. */
  readonly dtype?: FloatDType;
  /** Factories of the user's own kernels on patches, by name. */
  readonly kernels?: Readonly<Record<string, KernelFactory>>;
}

/** One safetensors file: images, filters, coefficients, transforms, those of the estimator, and a description as JSON. */
export async function encodeConvModel(model: SavedConvModel): Promise<Uint8Array> {
  const { trained, task, classes, singleOutput, extra } = model;
  const { machine, images, layers, best, history, snapshots } = trained;
  const description: ConvModelDescription = {
    version: formatVersion,
    task,
    kernel: { name: machine.kernel.name, parameters: { ...machine.kernel.parameters } },
    layers: layers.map(({ patchSize, padding, activation }) => ({ patchSize, padding, activation })),
    best: saved(best),
    history: history.map(saved),
    snapshots: snapshots.map(({ layer, iteration, patchSize, channels }) => ({
      layer,
      iteration,
      patchSize,
      channels,
    })),
    ...(classes && { classes: [...classes] }),
    ...(singleOutput !== undefined && { singleOutput }),
  };
  const tensors: Record<string, HostTensor> = { ...extra };
  const add = async (name: string, tensor: Tensor): Promise<void> => {
    tensors[name] = await downloadTensor(tensor);
  };
  await add('images', images);
  await add('coefficients', machine.coefficients);
  if (machine.transform) await add('transform', machine.transform);
  for (const [index, { filters }] of layers.entries()) await add(`filters.${index}`, filters);
  for (const [index, { transform }] of snapshots.entries()) {
    const d = Math.sqrt(transform.length);
    tensors[`snapshot.${index}`] = { dtype: 'float64', shape: [d, d], data: transform };
  }
  return encodeModel(modelFormat, { description, tensors, attachments: {} });
}

/**
 * Reads what {@link encodeConvModel} wrote.
 *
 * @throws {FormatError} for anything else, and for newer versions of the format
 */
export function decodeConvModel(bytes: Uint8Array): DecodedConvModel {
  return decodeModel(modelFormat, bytes);
}

/**
 * Brings a decoded model to a backend: the trained machine, and options of an estimator for it.
 *
 * @throws {FormatError} for missing tensors, or such that do not go together
 * @throws {OptionError} for a dtype that the backend does not compute in
 */
export function restoreConv(
  { description, tensors }: DecodedConvModel,
  options: ConvLoadOptions,
  outputs: number | undefined,
): { readonly trained: TrainedConv; readonly settings: ConvEstimatorOptions } {
  const { backend, kernels = {}, dtype, ...rest } = options;
  const images = requireTensor(tensors, 'images', 4);
  const coefficients = requireTensor(tensors, 'coefficients', 2);
  if (
    coefficients.shape[0] !== images.shape[0] ||
    (outputs ?? coefficients.shape[1]) !== coefficients.shape[1]
  ) {
    throw new FormatError('The saved model is damaged: its coefficients do not fit its images and classes.');
  }
  const target = chooseDType(backend, dtype, images.dtype === 'float32' ? 'float32' : 'float64');
  const kernel = imageKernelFromDescription(description.kernel, kernels);
  const trained = restoreTrained(backend, description, tensors, kernel, target);
  return { trained, settings: { ...rest, backend, kernel, dtype: target, ridge: description.best.ridge } };
}

function restoreTrained(
  backend: Backend,
  description: ConvModelDescription,
  tensors: Readonly<Record<string, HostTensor>>,
  kernel: ReturnType<typeof imageKernelFromDescription>,
  dtype: FloatDType,
): TrainedConv {
  using scope = new Scope(backend);
  const upload = ({ data, shape }: HostTensor): Tensor => scope.own(backend.tensor(data, shape, dtype));
  const images = upload(requireTensor(tensors, 'images', 4));
  const layers = description.layers.map(
    (layer, index): FittedLayer => ({
      ...layer,
      filters: upload(requireTensor(tensors, `filters.${index}`, 2)),
    }),
  );
  let centers = images;
  for (const layer of layers) {
    const features = applyLayer(scope, layer, centers);
    if (centers !== images) centers.dispose();
    centers = features;
  }
  const transform = tensors['transform'] && upload(requireTensor(tensors, 'transform', 2));
  const coefficients = upload(requireTensor(tensors, 'coefficients', 2));
  const machine = new ConvMachine({ backend, kernel, transform, centers, coefficients });
  const kept = new Set([
    images,
    centers,
    ...layers.map(({ filters }) => filters),
    ...(transform ? [transform] : []),
  ]);
  for (const tensor of [...kept, coefficients]) scope.keep(tensor);
  return {
    machine,
    images,
    layers,
    best: restored(description.best),
    history: description.history.map(restored),
    snapshots: description.snapshots.map((snapshot, index) => ({
      ...snapshot,
      transform: Float64Array.from(requireTensor(tensors, `snapshot.${index}`, 2).data),
    })),
    dispose: () => {
      machine.dispose();
      for (const tensor of kept) tensor.dispose();
    },
  };
}

type SavedRecord = ConvModelDescription['best'];

type SavedScores = SavedRecord['scores'];

function saved({ scores, test, ...record }: ConvRecord): SavedRecord {
  const plain = (some: ConvScores | undefined): SavedScores =>
    some ? { accuracy: some.accuracy ?? null, mse: some.mse } : null;
  return { ...record, scores: plain(scores), test: plain(test) };
}

function restored({ scores, test, ...record }: SavedRecord): ConvRecord {
  const full = (some: SavedScores): ConvScores | undefined =>
    some ? { accuracy: some.accuracy ?? undefined, mse: some.mse } : undefined;
  return { ...record, scores: full(scores), test: full(test) };
}
