import { chooseDType, FormatError, Scope, type Shape, type Tensor } from '@agop/core';
import {
  downloadTensors,
  type FitWarning,
  fromFile,
  kernelSchema,
  type ModelFormat,
  type ModelParts,
  measureSchema,
  namedSchema,
  requireTensor,
  restoreTensors,
  type Standardization,
} from '@agop/estimators';
import { describeKernel, identityMetric, kernelFromDescription } from '@agop/rfm';
import * as z from 'zod/mini';
import type { FeatureMap } from '../feature-maps/feature-map.ts';
import { featureMapFromDescription } from '../feature-maps/serialization.ts';
import type { DeepLayer } from '../layers/layer.ts';
import { DeepMachine, type Predictor } from './deep-machine.ts';
import { type DeepLoadOptions, type DeepRFMSettings, deepRFMSettings } from './options.ts';
import type { InputRecord, LayerRecord } from './records.ts';

/** All that a fitted Deep RFM is; owns its tensors. */
export interface FittedDeepRFM {
  readonly settings: DeepRFMSettings;
  readonly machine: DeepMachine;
  readonly standardization: Standardization | undefined;
  readonly input: InputRecord;
  readonly records: readonly LayerRecord[];
  readonly warnings: readonly FitWarning[];
  dispose(): void;
}

const number = measureSchema;
const count = z.int().check(z.positive());

const collapse = z.object({
  nc1: z.object({ ratio: number, scattering: number }),
  nc2: z.object({ distance: number, equinorm: number, equiangle: number, maximalAngle: number }),
});

const measures = z.object({
  input: collapse,
  projected: collapse,
  features: collapse,
  drop: z.nullable(
    z.object({ projection: number, map: number, total: number, projectionShare: z.nullable(z.number()) }),
  ),
  nc4: number,
  accuracy: number,
});

const schema = z.object({
  kernel: kernelSchema,
  featureMap: namedSchema,
  depth: count,
  /** Whether a layer could not be fitted, so that there are fewer than `depth`. */
  endedEarly: z.optional(z.boolean()),
  ridge: z.number(),
  iterations: count,
  power: z.number(),
  centring: z.enum(['none', 'output', 'pooled']),
  normalization: z.enum(['max', 'frobenius', 'none']),
  rowNormalization: z.enum(['unit', 'none']),
  labelCoding: z.enum(['signed', 'oneHot']),
  standardization: z.boolean(),
  seed: z.int(),
  input: z.object({ train: number, heldOut: z.nullable(z.number()) }),
  layers: z.array(
    z.object({
      layer: count,
      width: count,
      train: measures,
      heldOut: z.nullable(measures),
      seconds: number,
      /** Names of the tensors that the layer's feature map drew. */
      drawn: z.array(z.string()),
    }),
  ),
});

/** What a saved Deep RFM says about itself, apart from its classes and its tensors. */
export type DeepDescription = z.infer<typeof schema>;

/** The model files of Deep RFM. */
export const deepFormat: ModelFormat<DeepDescription> = {
  name: 'agop-deep-rfm',
  version: 1,
  title: 'Deep RFM',
  packageName: '@agop/deep-rfm',
  estimators: { classification: 'DeepRFM' },
  parse: (description) => schema.parse(description),
};

/**
 * The standardized training rows, per depth the coefficients (and the metric, if there were several
 * iterations), per layer the projection and what the feature map drew, all in the dtype of the fit;
 * everything else as JSON.
 */
export async function encodeDeep(fitted: FittedDeepRFM): Promise<ModelParts<DeepDescription>> {
  const { settings, machine, standardization, input, records } = fitted;
  const { kernel, featureMap } = settings;
  const description: DeepDescription = {
    kernel: { ...describeKernel(kernel), parameters: { ...kernel.parameters } },
    featureMap: { name: featureMap.name, parameters: { ...featureMap.parameters } },
    depth: settings.depth,
    ...(records.length < settings.depth && { endedEarly: true }),
    ridge: settings.ridge,
    iterations: settings.iterations,
    power: settings.power,
    centring: settings.centering,
    normalization: settings.normalization,
    rowNormalization: settings.rowNormalization,
    labelCoding: settings.labelCoding,
    standardization: standardization !== undefined,
    seed: settings.seed,
    input,
    layers: records.map((record, index) => ({
      ...record,
      drawn: Object.keys(machine.parts.layers[index]?.drawn ?? {}),
    })),
  };
  const tensors = await downloadTensors(namedTensors(machine));
  if (standardization) {
    const shape = [standardization.mean.length];
    tensors['standardization.mean'] = { dtype: 'float64', shape, data: standardization.mean };
    tensors['standardization.scale'] = { dtype: 'float64', shape, data: standardization.deviation };
  }
  return { description, tensors };
}

function namedTensors({ parts }: DeepMachine): Record<string, Tensor> {
  const named: Record<string, Tensor> = { inputs: parts.inputs };
  for (const [depth, { coefficients, metric }] of parts.predictors.entries()) {
    named[`depth.${depth}.coefficients`] = coefficients;
    if (metric.kind !== 'identity') named[`depth.${depth}.metric`] = metric.tensor;
  }
  for (const [index, { transform, drawn }] of parts.layers.entries()) {
    named[`layer.${index + 1}.projection`] = transform;
    for (const [name, tensor] of Object.entries(drawn)) named[`layer.${index + 1}.drawn.${name}`] = tensor;
  }
  return named;
}

/**
 * Brings what {@link encodeDeep} gave to a backend.
 *
 * @param outputs number of classes
 * @throws {FormatError} for tensors that are missing or do not go together
 */
export function decodeDeep(
  { description, tensors }: ModelParts<DeepDescription>,
  outputs: number,
  options: DeepLoadOptions,
): FittedDeepRFM {
  const { layers, input } = description;
  const { depth, endedEarly = false } = description;
  if (layers.length === 0 || (endedEarly ? layers.length >= depth : layers.length !== depth)) {
    throw new FormatError('The saved model is damaged: its layers are incomplete.');
  }
  const { backend } = options;
  const { shape, dtype } = requireTensor(tensors, 'inputs', 2);
  const settings = savedSettings(description, {
    ...options,
    dtype: chooseDType(backend, options.dtype, dtype === 'float32' ? 'float32' : 'float64'),
  });
  const [rows, features] = shape as readonly [number, number];
  const widths = [features, ...layers.map(({ width }) => width)];
  const column = (name: string) => Float64Array.from(requireTensor(tensors, name, [features]).data);
  const standardization = description.standardization
    ? { mean: column('standardization.mean'), deviation: column('standardization.scale') }
    : undefined;
  if (standardization?.deviation.some((value) => value < 0)) {
    throw new FormatError('The saved model is damaged: a column has a negative scale.');
  }
  const records = layers.map(({ drawn: _, ...record }): LayerRecord => record);
  const build = (take: Parameters<Parameters<typeof restoreTensors>[3]>[0]): DeepMachine => {
    const predictors = widths.map((width, at): Predictor => {
      const coefficients = take(`depth.${at}.coefficients`, [rows, outputs]);
      if (description.iterations === 1) return { coefficients, metric: identityMetric };
      const tensor = take(`depth.${at}.metric`, [width, width]);
      return { coefficients, metric: { kind: 'full', form: 'mahalanobis', tensor } };
    });
    const restored = layers.map(({ drawn }, index): DeepLayer => {
      const [prefix, width] = [`layer.${index + 1}`, widths[index] as number];
      const own = drawnForms(settings.featureMap, drawn, width).map(([name, form]) => [
        name,
        take(`${prefix}.drawn.${name}`, form ?? tensors[`${prefix}.drawn.${name}`]?.shape ?? 2),
      ]);
      const layer: DeepLayer = {
        transform: take(`${prefix}.projection`, [width, width]),
        drawn: Object.fromEntries(own),
      };
      checkWidth(settings, layer, width, widths[index + 1] as number);
      return layer;
    });
    const [inputs, centers] = [take('inputs', shape), new Map<number, Tensor>()];
    return new DeepMachine({ ...settings, inputs, layers: restored, predictors, centers });
  };
  const machine = restoreTensors(backend, settings.dtype, tensors, build, dtype);
  const dispose = () => machine.dispose();
  return { settings, machine, standardization, input, records, warnings: [], dispose };
}

/** The settings of a fit as its file has them. @throws {FormatError} for values that no fit takes */
function savedSettings(
  description: DeepDescription,
  { backend, dtype, kernels, featureMaps, keepFeatures = false }: DeepLoadOptions,
): DeepRFMSettings {
  const { depth, ridge, iterations, power, centring, normalization, seed, ...saved } = description;
  const { rowNormalization, labelCoding, standardization } = saved;
  const numbers = { depth, ridge, iterations, power, seed, centering: centring, normalization };
  const choices = { rowNormalization, labelCoding, standardization };
  const kernel = kernelFromDescription(saved.kernel, kernels);
  const featureMap = featureMapFromDescription(saved.featureMap, featureMaps);
  return fromFile('settings', () =>
    deepRFMSettings({
      ...numbers,
      ...choices,
      backend,
      kernel,
      featureMap,
      keepFeatures,
      ...(dtype && { dtype }),
    }),
  );
}

/**
 * Names and shapes of the tensors that a feature map has drawn for a layer; undefined where it does not say
 * their shapes.
 *
 * @throws {FormatError} for other names than the map draws
 */
function drawnForms(
  map: FeatureMap,
  saved: readonly string[],
  features: number,
): readonly (readonly [string, Shape | undefined])[] {
  const forms = map.drawnShapes?.(features);
  const expected = forms ? Object.keys(forms) : [...new Set(saved)];
  if (expected.toSorted().join() !== saved.toSorted().join()) {
    throw new FormatError(
      `The saved model is damaged: the feature map '${map.name}' draws ${expected.join(', ') || 'nothing'}, but the file has ${saved.join(', ') || 'nothing'}.`,
    );
  }
  return expected.map((name) => [name, forms?.[name]]);
}

/** Maps a row of zeros, and sees whether as many columns come out as the file says. @throws {FormatError} */
function checkWidth(
  { backend, dtype, featureMap }: DeepRFMSettings,
  layer: DeepLayer,
  features: number,
  width: number,
): void {
  using scope = new Scope(backend);
  const row = scope.ops.full([1, features], 0, dtype);
  const mapped = fromFile(`feature map '${featureMap.name}'`, () =>
    featureMap.apply(scope.ops, row, layer.drawn),
  );
  if (mapped.shape[1] === width) return;
  throw new FormatError(
    `The saved model is damaged: a layer of ${width} columns has a feature map of ${mapped.shape[1]}.`,
  );
}
