import { type Backend, chooseDType, wording } from '@agop/core';
import type { Label } from '@agop/data';
import {
  centeredCosines,
  DeepRFM,
  type FeatureMap,
  identityMap,
  type LayerMeasures,
  type LayerRecord,
  randomCosine,
  randomRelu,
  rowsByClass,
  totalDrop,
} from '@agop/deep-rfm';
import type { FitWarning } from '@agop/estimators';
import { gaussian, laplace } from '@agop/rfm';
import type { RunContext } from '../experiment.ts';
import { withAdvice } from '../out-of-memory.ts';
import type { CollapseData, LabelledRows } from './data.ts';
import { ClassPlanes } from './plane.ts';
import type {
  CollapseLayer,
  CollapsePlane,
  CollapseRunResult,
  CollapseSummary,
  StageNumbers,
} from './result.ts';
import { type CollapseSettings, checkCollapseSettings } from './settings.ts';

/** After each layer, and where the fit goes on otherwise than asked. */
export type CollapseEvent = CollapseLayerEvent | FitWarning;

/** After each layer. */
export interface CollapseLayerEvent {
  /** Those so far. */
  readonly layers: readonly CollapseLayer[];
  readonly last: CollapseLayer;
  /** Layers that the network is to have. */
  readonly depth: number;
  readonly secondsLeft: number;
}

/** What a run of collapse may leave out. */
export interface CollapseContext extends RunContext<CollapseEvent> {
  /** Whether Gram matrices are made for the report. Default true. */
  readonly grams?: boolean;
  /** Whether rows are projected on the plane of the class means at each depth. Default as `grams`. */
  readonly planes?: boolean;
  /** Told of each depth, from the input on, before what was measured there. */
  readonly onPlane?: (plane: CollapsePlane) => void;
}

/** A run that has ended. */
export interface CollapseRun extends Disposable {
  readonly result: CollapseRunResult;
  /** The network; `dispose()` of the run frees it. */
  readonly model: DeepRFM<Label>;
}

/**
 * Builds a network layer by layer with Deep RFM and measures how its classes collapse.
 *
 * @throws {OptionError} for settings that do not go together
 * @throws {NotPositiveDefiniteError} if a kernel matrix is numerically singular
 * @throws {AgopError} saying what to do, where memory ran out
 * @throws {AbortedError} through `signal`
 */
export async function runCollapseExperiment(
  settings: CollapseSettings,
  data: CollapseData,
  { backend, signal, onEvent, onPlane, grams = true, planes = grams }: CollapseContext,
): Promise<CollapseRun> {
  checkCollapseSettings(settings);
  const { depth, ridge, iterations, seed, bandwidth, dtype } = settings;
  const kernel = (settings.kernel === 'laplace' ? laplace : gaussian)({ bandwidth });
  const model = new DeepRFM<Label>({
    backend,
    depth,
    kernel,
    featureMap: featureMapOf(settings),
    ridge,
    iterations,
    seed,
    labelCoding: codings[settings.coding],
    ...(dtype && { dtype }),
  });
  try {
    const started = performance.now();
    const soFar: CollapseLayer[] = [];
    const followed = planes ? new ClassPlanes(data.training.y) : undefined;
    await model
      .fit(data.training.x, data.training.y, {
        validation: data.held,
        ...(signal && { signal }),
        ...(onEvent && { onWarning: onEvent }),
        ...(followed && {
          onRows: ({ layer, rows }) => {
            const plane = followed.add(layer, rows);
            onPlane?.(plane);
          },
        }),
        onLayer: (event) => {
          const last = layerOf(event);
          soFar.push(last);
          onEvent?.({ layers: soFar, last, depth: event.depth, secondsLeft: event.secondsLeft });
        },
      })
      .catch(withAdvice(memoryAdvice));
    const seconds = (performance.now() - started) / 1000;
    const result: CollapseRunResult = {
      experiment: 'collapse',
      version: 1,
      summary: summaryOf(settings, data, backend, model, seconds),
      grams: grams ? await gramsOf(model, data.training) : [],
      ...(followed && { planes: followed.planes }),
    };
    return { result, model, [Symbol.dispose]: () => model.dispose() };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

const codings = { signed: 'signed', 'one-hot': 'oneHot' } as const;

function featureMapOf({ map, width, spectrum, mapBandwidth, data }: CollapseSettings): FeatureMap {
  const sized = width === undefined ? {} : { width };
  switch (map) {
    case 'relu':
      return randomRelu(sized);
    case 'cosine': {
      const bandwidth = mapBandwidth ?? (data === 'mnist' ? 20 : 10);
      return randomCosine({ ...sized, spectrum: spectrum ?? 'cauchy', bandwidth });
    }
    case 'identity':
      return identityMap();
  }
}

const memoryAdvice = wording`A layer needs about three times rows squared x 8 bytes (4 in float32): see ${{ option: 'samples' }} and ${{ option: 'dtype' }}.`;

function summaryOf(
  settings: CollapseSettings,
  { name, training, held }: CollapseData,
  backend: Backend,
  model: DeepRFM<Label>,
  seconds: number,
): CollapseSummary {
  const { ridge, iterations, coding, seed, bandwidth } = settings;
  const featureMap = featureMapOf(settings);
  const layers = model.layers.map(layerOf);
  return {
    data: name,
    trainingRows: training.y.length,
    heldOutRows: held.y.length,
    features: training.x.shape[1] as number,
    classes: [...model.classes],
    depth: model.depth,
    kernel: { name: settings.kernel, parameters: { bandwidth } },
    map: { name: featureMap.name, parameters: { ...featureMap.parameters } },
    ridge,
    iterations,
    coding: codings[coding],
    seed,
    backend: backend.name,
    device: backend.device.description,
    dtype: model.warnings.some(({ code }) => code === 'float64')
      ? 'float64'
      : chooseDType(backend, settings.dtype, 'float64'),
    warnings: [...model.warnings],
    input: { accuracy: model.input.heldOut ?? Number.NaN, trainAccuracy: model.input.train },
    layers,
    drop: totalDrop(layers.flatMap(({ drop }) => (drop === null ? [] : [drop]))),
    seconds,
  };
}

/** A layer of a fit that had held-out rows. */
export function layerOf({ layer, width, train, heldOut }: LayerRecord): CollapseLayer {
  if (heldOut === null) throw new TypeError('the fit had held-out rows');
  return {
    layer,
    width,
    ...layerNumbers(train),
    accuracy: heldOut.accuracy,
    trainAccuracy: train.accuracy,
    heldOut: layerNumbers(heldOut),
  };
}

function layerNumbers({ input, projected, features, nc4, drop }: LayerMeasures): CollapseLayer['heldOut'] {
  const each = (of: (metrics: LayerMeasures['input']) => number): StageNumbers => ({
    input: of(input),
    projected: of(projected),
    features: of(features),
  });
  return {
    nc1: each(({ nc1 }) => nc1.ratio),
    nc1Scattering: each(({ nc1 }) => nc1.scattering),
    nc2: each(({ nc2 }) => nc2.distance),
    nc2Equinorm: each(({ nc2 }) => nc2.equinorm),
    nc2Equiangle: each(({ nc2 }) => nc2.equiangle),
    nc4,
    drop,
  };
}

/** Gram matrices at most: that of the input and so many of the layers less one. */
const mostGrams = 12;

/**
 * Cosines between the first rows of each class: as classes collapse, blocks of ones appear.
 *
 * @param perClass rows of each class at most
 * @param layers 0 is the input; by default spread over the depth, the last one among them
 */
export async function gramsOf(
  model: DeepRFM<Label>,
  { x, y }: LabelledRows,
  perClass = 20,
  layers: readonly number[] = spread(model.depth),
): Promise<CollapseRunResult['grams']> {
  const rows = rowsByClass(y, model.classes, { perClass });
  const width = x.shape[1] as number;
  const data = Float64Array.from(
    { length: rows.length * width },
    (_, at) => x.data[(rows[Math.floor(at / width)] as number) * width + (at % width)] as number,
  );
  const grams: CollapseRunResult['grams'] = [];
  for (const layer of layers) {
    const features = await model.transform({ data, shape: [rows.length, width] }, layer);
    const { data: cosines } = await centeredCosines(features);
    grams.push({ layer, rows: rows.length, cosines: Array.from(cosines) });
  }
  return grams;
}

function spread(depth: number): number[] {
  const count = Math.min(depth, mostGrams - 1);
  return [0, ...Array.from({ length: count }, (_, i) => Math.round(((i + 1) * depth) / count))];
}
