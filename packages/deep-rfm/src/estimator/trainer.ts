import { type Backend, OptionError, Scope, type Tensor, ValueError } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import {
  checkFeatures,
  type FitJob,
  type FitWarning,
  type MatrixTypes,
  matrixSamples,
  measureColumns,
  type Rows,
  type Samples,
  type Standardization,
  Stopwatch,
  standardize,
  type Trainer,
} from '@agop/estimators';
import {
  checkReach,
  isNumericalFailure,
  type KernelMachine,
  type Metric,
  mayWiden,
  type ReachOptions,
} from '@agop/rfm';
import {
  deepRecursiveFeatureMachine,
  isLayerStep,
  type LayerStep,
} from '../layers/deep-recursive-feature-machine.ts';
import type { DeepLayer } from '../layers/layer.ts';
import { DeepMachine, type Predictor } from './deep-machine.ts';
import {
  type DeepDescription,
  decodeDeep,
  deepFormat,
  encodeDeep,
  type FittedDeepRFM,
} from './model-file.ts';
import type { DeepLoadOptions, DeepRFMSettings, DepthOptions, LayerEvents } from './options.ts';
import { HeldOutRows, type InputRecord, LayerMeter, type LayerRecord } from './records.ts';

/** The types of {@link deepRFM}. */
export interface DeepRFMTypes extends MatrixTypes<readonly [options?: DepthOptions]> {
  readonly settings: DeepRFMSettings;
  readonly fitted: FittedDeepRFM;
  readonly description: DeepDescription;
  readonly events: LayerEvents;
  readonly load: DeepLoadOptions;
}

/** Deep RFM as an algorithm: runs the loop, measures every layer, and keeps what predictions need. */
export const deepRFM: Trainer<DeepRFMTypes> = {
  ...matrixSamples,
  format: deepFormat,
  optionNames: { fit: ['onLayer', 'onRows', 'onWarning'], load: ['kernels', 'featureMaps', 'keepFeatures'] },

  async fit(job, settings, events) {
    const warnings: FitWarning[] = [];
    const state = { layer: 0 };
    try {
      return await fitLayers(job, settings, events, { warnings, state });
    } catch (error) {
      if (!mayWiden(error, settings.backend, settings.dtype)) throw error;
      const message = `float32 does not suffice for ${layerInWords(state.layer)}: the fit begins again in float64.`;
      warn({ code: 'float64', message, iteration: state.layer }, warnings, events);
      return fitLayers(job, { ...settings, dtype: 'float64' }, events, { warnings, state });
    }
  },

  async predict(fitted, samples, options = {}) {
    checkGiven('predict()', options, { layer: true });
    const { machine } = fitted;
    const layer = checkLayer(machine, options.layer ?? machine.depth);
    using rows = uploadPrepared(fitted, samples);
    using outputs = machine.predict(rows, layer);
    return await outputs.read();
  },

  encode: encodeDeep,
  decode: decodeDeep,
};

/**
 * Rows as the model takes them, standardized, on its backend: a new tensor.
 *
 * @throws {ShapeError} for other features than those of the fit
 * @throws {ValueError} for features whose squares leave the range of the dtype
 */
export function uploadPrepared({ machine, settings, standardization }: FittedDeepRFM, rows: Rows): Tensor {
  checkFeatures(rows, machine.parts.inputs.shape[1] as number);
  return uploadStandardized(settings, standardization, rows, { what: 'X', smallest: false });
}

/** @throws {OptionError} for a layer that the model does not have */
export function checkLayer({ depth }: DeepMachine, layer: number, least = 0): number {
  if (Number.isInteger(layer) && layer >= least && layer <= depth) return layer;
  throw new OptionError('layer', {
    requirement: `be a whole number from ${least} to ${depth}, the number of layers`,
    received: layer,
  });
}

function uploadStandardized(
  { backend, dtype }: Pick<DeepRFMSettings, 'backend' | 'dtype'>,
  standardization: Standardization | undefined,
  rows: Rows,
  options: ReachOptions,
): Tensor {
  const data = standardization ? standardize(rows.data, standardization) : rows.data;
  const from = standardization && 'standard deviations from its mean';
  checkReach({ ...rows, data }, dtype, { ...options, ...(from && { from }) });
  return backend.tensor(data, [rows.rows, rows.columns], dtype);
}

/** Collapse is measured on the held-out rows too, which takes two classes. */
function checkHeld(held: Samples<Rows> | undefined): void {
  if (held && new Set(Array.from(held.y.data)).size === 1) {
    throw new ValueError(
      'The validation rows are all of one class, so that collapse cannot be measured on them. Give more of them, or none.',
    );
  }
}

function copyPredictor({ backend, coefficients, metric }: KernelMachine): Predictor {
  using scope = new Scope(backend);
  const copy = scope.ops.clone(coefficients);
  const own: Metric =
    metric.kind === 'identity' ? metric : { ...metric, tensor: backend.clone(metric.tensor) };
  return { coefficients: scope.keep(copy), metric: own };
}

function copyLayer(backend: Backend, { weights }: LayerStep): DeepLayer {
  using scope = new Scope(backend);
  const transform = scope.ops.clone(weights.transform);
  const drawn = Object.entries(weights.drawn).map(
    ([name, tensor]) => [name, scope.ops.clone(tensor)] as const,
  );
  for (const [, tensor] of drawn) scope.keep(tensor);
  return { transform: scope.keep(transform), drawn: Object.fromEntries(drawn) };
}

/** What a fit has told, and the layer that it is at: 0 for the data as they are. */
interface Course {
  readonly warnings: FitWarning[];
  readonly state: { layer: number };
}

type DeepFitEvents = LayerEvents & { readonly signal?: AbortSignal | undefined };

/** Builds and measures layer after layer, as far as they can be fitted. */
async function fitLayers(
  job: FitJob<Rows>,
  settings: DeepRFMSettings,
  events: DeepFitEvents,
  { warnings, state }: Course,
): Promise<FittedDeepRFM> {
  const { coding, training, held } = job;
  const { onLayer, onRows, signal } = events;
  state.layer = 0;
  const { backend, dtype, depth } = settings;
  const { classes } = coding;
  if (!classes) throw new TypeError('Deep RFM learns classes');
  checkHeld(held);
  const standardization = settings.standardization ? measureColumns(training.x, 'first') : undefined;
  const watch = new Stopwatch();
  using scope = new Scope(backend);
  const upload = (rows: Rows, what: string, smallest: boolean) =>
    scope.own(uploadStandardized(settings, standardization, rows, { what, smallest }));
  const x = upload(training.x, 'X', true);
  const y = scope.own(backend.tensor(coding.targets(training.y), [training.x.rows, coding.outputs], dtype));
  const meter = new LayerMeter(training.y, classes, 'training rows');
  using heldOut =
    held &&
    new HeldOutRows(
      settings,
      new LayerMeter(held.y, classes, 'validation rows'),
      scope.keep(upload(held.x, 'validation X', false)),
    );

  const layers: DeepLayer[] = [];
  const predictors: Predictor[] = [];
  const centers = new Map<number, Tensor>();
  const machine = new DeepMachine({ ...settings, inputs: scope.keep(x), layers, predictors, centers });
  const records: LayerRecord[] = [];
  let input: InputRecord = { train: Number.NaN, heldOut: null };
  let isMeasuring = false;
  try {
    const loop = deepRecursiveFeatureMachine({ ...settings, x, y, signal });
    for await (const step of loop) {
      state.layer = step.layer;
      predictors.push(copyPredictor(await step.machine()));
      onRows?.({ layer: step.layer, rows: { data: await step.rows.read(), shape: step.rows.shape } });
      if (settings.keepFeatures || step.layer === depth) {
        centers.set(step.layer, backend.clone(step.rows));
      }
      if (!isLayerStep(step)) {
        input = {
          train: await meter.begin(step, step.rows),
          heldOut: (await heldOut?.begin(step)) ?? null,
        };
        watch.lap();
        state.layer = 1;
        continue;
      }
      layers.push(copyLayer(backend, step));
      // Where all classes have fallen onto one point a layer cannot be measured, and none can follow.
      isMeasuring = true;
      const record: LayerRecord = {
        layer: step.layer,
        width: step.features.shape[1] as number,
        train: await meter.measure(step, step),
        heldOut: (await heldOut?.advance(step)) ?? null,
        seconds: watch.lap(),
      };
      isMeasuring = false;
      records.push(record);
      state.layer = step.layer + 1;
      const { seconds: elapsed, secondsLeft } = watch.times(step.layer + 1, depth + 1);
      onLayer?.({ ...record, depth, elapsed, secondsLeft });
    }
  } catch (error) {
    const isFault = isNumericalFailure(error) || (isMeasuring && ValueError.isInstance(error));
    if (records.length === 0 || !isFault || mayWiden(error, backend, dtype)) {
      machine.dispose();
      throw error;
    }
    machine.truncate(records.length);
    const message = `Layer ${state.layer} could not be fitted, and the fit ended before it. ${error.message}`;
    try {
      warn({ code: 'ended-early', message, iteration: state.layer }, warnings, events);
    } catch (thrown) {
      machine.dispose();
      throw thrown;
    }
  }
  const dispose = () => machine.dispose();
  return { settings, machine, standardization, input, records, warnings, dispose };
}

function warn(warning: FitWarning, warnings: FitWarning[], { onWarning }: LayerEvents): void {
  warnings.push(warning);
  onWarning?.(warning);
}

function layerInWords(layer: number): string {
  return layer === 0 ? 'the data as they are' : `layer ${layer}`;
}
