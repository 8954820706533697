import { type Backend, chooseDType, type FloatDType, FormatError, Scope } from '@agop/core';
import {
  decodeModelFile,
  downloadTensor,
  encodeModelFile,
  type HostTensor,
  type IterationRecord,
  type ModelFormat,
  requireTensor,
} from '@agop/estimators';
import * as z from 'zod/mini';
import { describeKernel, type KernelFactory, kernelFromDescription } from '../kernels/serialization.ts';
import { KernelMachine } from '../machine/kernel-machine.ts';
import { disposeMetric, identityMetric, type Metric } from '../metric/metric.ts';

import type { Trained } from './training.ts';

/** Raised when old programs could not read new files. */
const formatVersion = 1;

const labelSchema = z.union([z.string(), z.number(), z.boolean()]);

const modelSchema = z.object({
  version: z.literal(formatVersion),
  task: z.enum(['regression', 'classification']),
  kernel: z.object({ name: z.string(), parameters: z.record(z.string(), z.number()) }),
  metric: z.object({
    kind: z.enum(['identity', 'diagonal', 'full']),
    form: z.enum(['mahalanobis', 'transform']),
  }),
  ridge: z.number(),
  best: z.int(),
  history: z.array(z.object({ iteration: z.int(), metric: z.string(), value: z.nullable(z.number()) })),
  /** Classes of a classifier, in the order of the outputs. */
  classes: z.optional(z.array(labelSchema)),
  /** Whether the targets of a regression were a vector. */
  singleOutput: z.optional(z.boolean()),
});

/** What a saved model says about itself, apart from its tensors. */
export type ModelDescription = z.infer<typeof modelSchema>;

const modelFormat: ModelFormat<ModelDescription> = {
  name: 'agop-rfm',
  version: formatVersion,
  title: 'RFM model',
  packageName: '@agop/rfm',
  parse: (description) => modelSchema.parse(description),
};

/** A model as the estimators hand it over and get it back. */
export interface SavedModel {
  readonly trained: Trained;
  readonly ridge: number;
  readonly task: ModelDescription['task'];
  readonly classes?: readonly (string | number | boolean)[];
  readonly singleOutput?: boolean;
  /** More tensors of the estimator. */
  readonly extra: Readonly<Record<string, HostTensor>>;
  /** Texts of the caller, e.g. a preprocessing. */
  readonly attachments: Readonly<Record<string, string>>;
}

/** What comes out of a file, on the host. */
export interface DecodedModel {
  readonly description: ModelDescription;
  readonly tensors: Readonly<Record<string, HostTensor>>;
  readonly attachments: Readonly<Record<string, string>>;
}

/** One safetensors file with tensors `centers`, `coefficients`, `metric`, those of the estimator, and a description as JSON. */
export async function encodeModel(model: SavedModel): Promise<Uint8Array> {
  const { trained, ridge, task, classes, singleOutput, extra, attachments } = model;
  const { machine, centers, best, history } = trained;
  const { metric } = machine;
  const description: ModelDescription = {
    version: formatVersion,
    task,
    kernel: { ...describeKernel(machine.kernel), parameters: { ...machine.kernel.parameters } },
    metric: { kind: metric.kind, form: metric.kind === 'identity' ? 'mahalanobis' : metric.form },
    ridge,
    best,
    history: history.map((record) => ({ ...record, value: record.value ?? null })),
    ...(classes && { classes: [...classes] }),
    ...(singleOutput !== undefined && { singleOutput }),
  };
  const tensors: Record<string, HostTensor> = { ...extra };
  for (const [name, tensor] of Object.entries({
    centers,
    coefficients: machine.coefficients,
    ...(metric.kind !== 'identity' && { metric: metric.tensor }),
  })) {
    tensors[name] = await downloadTensor(tensor);
  }
  const attached = Object.entries(attachments).map(([name, text]) => [`attachment.${name}`, text]);
  return encodeModelFile(modelFormat, { description, tensors, metadata: Object.fromEntries(attached) });
}

/**
 * Reads what {@link encodeModel} wrote.
 *
 * @throws {FormatError} for anything else, and for newer versions of the format
 */
export function decodeModel(bytes: Uint8Array): DecodedModel {
  const { description, tensors, metadata } = decodeModelFile(modelFormat, bytes);
  const attachments: Record<string, string> = {};
  for (const [name, text] of Object.entries(metadata)) {
    if (name.startsWith('attachment.')) attachments[name.slice('attachment.'.length)] = text;
  }
  return { description, tensors, attachments };
}

/**
 * Brings a decoded model to a backend.
 *
 * @param dtype precision to compute in; default that of the file, or the backend's preferred one where it has not that
 * @throws {FormatError} for missing tensors, or such that do not go together
 * @throws {OptionError} for a dtype that the backend does not compute in
 */
export function restoreTrained(
  backend: Backend,
  { description, tensors }: DecodedModel,
  factories: Readonly<Record<string, KernelFactory>>,
  dtype?: FloatDType,
): Trained {
  const kernel = kernelFromDescription(description.kernel, factories);
  const centers = requireTensor(tensors, 'centers', 2);
  const coefficients = requireTensor(tensors, 'coefficients', 2);
  const features = centers.shape[1] as number;
  if (coefficients.shape[0] !== centers.shape[0]) {
    throw new FormatError('The saved model is damaged: it has not as many coefficients as centers.');
  }
  const target = chooseDType(backend, dtype, centers.dtype === 'float32' ? 'float32' : 'float64');
  using scope = new Scope(backend);
  const upload = ({ data, shape }: HostTensor) => scope.own(backend.tensor(data, shape, target));
  const metric = restoreMetric(description, tensors, features, upload);
  const machine = new KernelMachine({
    backend,
    kernel,
    metric,
    centers: upload(centers),
    coefficients: upload(coefficients),
  });
  scope.keep(machine.centers);
  scope.keep(machine.coefficients);
  if (metric.kind !== 'identity') scope.keep(metric.tensor);
  return {
    machine,
    centers: machine.centers,
    best: description.best,
    history: description.history.map(
      (record): IterationRecord => ({ ...record, value: record.value ?? undefined }),
    ),
    metrics: undefined,
    dispose: () => {
      machine.dispose();
      machine.centers.dispose();
      disposeMetric(metric);
    },
  };
}

function restoreMetric(
  { metric }: ModelDescription,
  tensors: Readonly<Record<string, HostTensor>>,
  features: number,
  upload: (tensor: HostTensor) => ReturnType<Backend['tensor']>,
): Metric {
  if (metric.kind === 'identity') return identityMetric;
  const host = requireTensor(tensors, 'metric', 2);
  const rows = metric.kind === 'full' ? features : 1;
  if (host.shape[0] !== rows || host.shape[1] !== features) {
    throw new FormatError('The saved model is damaged: its metric does not fit its features.');
  }
  return { kind: metric.kind, form: metric.form, tensor: upload(host) };
}
