import { chooseDType, FormatError, Scope, type Tensor } from '@agop/core';
import {
  decodeModelFile,
  downloadTensor,
  encodeModelFile,
  type HostTensor,
  type Label,
} from '@agop/estimators';
import { describeKernel, identityMetric, kernelFromDescription, type Metric } from '@agop/rfm';
import { featureMapFromDescription } from '../feature-maps/serialization.ts';
import type { DeepLayer } from '../layers/layer.ts';
import { DeepMachine, type Predictor } from './deep-machine.ts';
import { type ModelDescription, modelFormat } from './model-description.ts';
import { type DeepLoadOptions, type DeepRFMSettings, deepRFMSettings } from './options.ts';
import type { InputRecord, LayerRecord } from './records.ts';
import type { Standardizer } from './standardizer.ts';

/** All that a fitted estimator is; owns its tensors. */
export interface FittedDeepRFM {
  readonly settings: DeepRFMSettings;
  readonly machine: DeepMachine;
  readonly standardizer: Standardizer | undefined;
  readonly classes: readonly Label[];
  readonly input: InputRecord;
  readonly records: readonly LayerRecord[];
  dispose(): void;
}

/**
 * One safetensors file: the standardised training rows, per depth the coefficients (and the metric, if there were several iterations), per layer the projection and
 * what the feature map drew, all in the dtype of the fit; everything else as JSON.
 */
export async function encodeDeepModel(fitted: FittedDeepRFM): Promise<Uint8Array> {
  const { settings, machine, standardizer, classes, input, records } = fitted;
  const { kernel, featureMap } = settings;
  const description: ModelDescription = {
    version: modelFormat.version,
    classes: [...classes],
    kernel: { ...describeKernel(kernel), parameters: { ...kernel.parameters } },
    featureMap: { name: featureMap.name, parameters: { ...featureMap.parameters } },
    depth: settings.depth,
    ridge: settings.ridge,
    iterations: settings.iterations,
    power: settings.power,
    centring: settings.centering,
    normalization: settings.normalization ?? 'max',
    rowNormalization: settings.rowNormalization,
    labelCoding: settings.labelCoding,
    standardization: standardizer !== undefined,
    seed: settings.seed,
    input,
    layers: records.map((record, index) => ({
      ...record,
      drawn: Object.keys(machine.parts.layers[index]?.drawn ?? {}),
    })),
  };
  const tensors: Record<string, HostTensor> = {};
  for (const [name, tensor] of namedTensors(machine)) {
    tensors[name] = await downloadTensor(tensor);
  }
  if (standardizer) {
    const shape = [standardizer.mean.length];
    tensors['standardization.mean'] = { dtype: 'float64', shape, data: standardizer.mean };
    tensors['standardization.scale'] = { dtype: 'float64', shape, data: standardizer.scale };
  }
  return encodeModelFile(modelFormat, { description, tensors, metadata: {} });
}

function namedTensors({ parts }: DeepMachine): [string, Tensor][] {
  const named: [string, Tensor][] = [['inputs', parts.inputs]];
  parts.predictors.forEach(({ coefficients, metric }, depth) => {
    named.push([`depth.${depth}.coefficients`, coefficients]);
    if (metric.kind !== 'identity') named.push([`depth.${depth}.metric`, metric.tensor]);
  });
  parts.layers.forEach(({ projection, drawn }, index) => {
    named.push([`layer.${index + 1}.projection`, projection]);
    for (const [name, tensor] of Object.entries(drawn)) {
      named.push([`layer.${index + 1}.drawn.${name}`, tensor]);
    }
  });
  return named;
}

/**
 * Reads what {@link encodeDeepModel} wrote, and brings it to a backend.
 *
 * @throws {FormatError} for anything else, newer versions of the format, and tensors that are missing or do not go together
 */
export function restoreDeepModel(bytes: Uint8Array, options: DeepLoadOptions): FittedDeepRFM {
  const { description, tensors } = decodeModelFile(modelFormat, bytes);
  const { depth, classes, layers } = description;
  if (layers.length !== depth || classes.length < 2) damaged('its layers or classes are incomplete');
  const { backend } = options;
  const inputs = matrix(tensors, 'inputs');
  const settings = deepRFMSettings({
    ...description,
    backend,
    kernel: kernelFromDescription(description.kernel, options.kernels),
    featureMap: featureMapFromDescription(description.featureMap, options.featureMaps),
    dtype: chooseDType(backend, options.dtype, inputs.dtype === 'float32' ? 'float32' : 'float64'),
    keepFeatures: options.keepFeatures ?? false,
  });
  const [rows, features] = inputs.shape as readonly [number, number];
  const widths = [features, ...layers.map(({ width }) => width)];
  using scope = new Scope(backend);
  const upload = ({ data, shape }: HostTensor): Tensor =>
    scope.own(backend.tensor(data, shape, settings.dtype));
  const named = (name: string, shape: readonly number[]): Tensor => {
    const tensor = matrix(tensors, name);
    if (tensor.shape.join() !== shape.join()) damaged(`'${name}' is not [${shape.join(', ')}]`);
    return upload(tensor);
  };
  const predictors = widths.map((width, at): Predictor => {
    const coefficients = named(`depth.${at}.coefficients`, [rows, classes.length]);
    const metric: Metric =
      description.iterations === 1
        ? identityMetric
        : { kind: 'full', form: 'mahalanobis', tensor: named(`depth.${at}.metric`, [width, width]) };
    return { coefficients, metric };
  });
  const restored = layers.map(({ drawn }, index): DeepLayer => {
    const width = widths[index] as number;
    const prefix = `layer.${index + 1}`;
    return {
      projection: named(`${prefix}.projection`, [width, width]),
      drawn: Object.fromEntries(
        drawn.map((name) => [name, upload(present(tensors, `${prefix}.drawn.${name}`))]),
      ),
    };
  });
  const standardizer = description.standardization
    ? {
        mean: vector(tensors, 'standardization.mean', features),
        scale: vector(tensors, 'standardization.scale', features),
      }
    : undefined;
  const machine = new DeepMachine({
    ...settings,
    inputs: upload(inputs),
    layers: restored,
    predictors,
    centers: new Map(),
  });
  for (const [, tensor] of namedTensors(machine)) scope.keep(tensor);
  const records = layers.map(({ drawn: _, ...record }): LayerRecord => record);
  return {
    settings,
    machine,
    standardizer,
    classes,
    input: description.input,
    records,
    dispose: () => machine.dispose(),
  };
}

function damaged(why: string): never {
  throw new FormatError(`The saved model is damaged: ${why}.`);
}

function present(tensors: Readonly<Record<string, HostTensor>>, name: string): HostTensor {
  return tensors[name] ?? damaged(`it lacks '${name}'`);
}

function matrix(tensors: Readonly<Record<string, HostTensor>>, name: string): HostTensor {
  const tensor = present(tensors, name);
  if (tensor.shape.length !== 2 || tensor.dtype === 'int32') damaged(`'${name}' is no matrix of floats`);
  return tensor;
}

function vector(tensors: Readonly<Record<string, HostTensor>>, name: string, length: number): Float64Array {
  const { data } = present(tensors, name);
  if (data.length !== length) damaged(`'${name}' has ${data.length} entries for ${length} features`);
  return Float64Array.from(data);
}
