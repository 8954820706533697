import { throwIfAborted } from '@agop/core';
import { layerOfGradients, type WeightMatrix } from '@agop/nfa/features';
import type { RunContext } from '../experiment.ts';
import { describeLayer } from './describe.ts';
import type { DescribedLayer, LayersResult } from './result.ts';
import type { LayersSettings } from './settings.ts';

/** Numbers with a shape, row-major. */
export interface DumpedArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** What files say of a layer. */
export interface DumpedLayer {
  readonly name: string;
  readonly weight: DumpedArray;
  readonly gradient: DumpedArray;
  readonly initial: DumpedArray | undefined;
}

/** Layers from files, and what the files are called. */
export interface LayersDump {
  readonly name: string;
  readonly layers: readonly DumpedLayer[];
}

/** After each layer. */
export interface LayersEvent {
  readonly layer: string;
  readonly done: number;
  readonly total: number;
}

/**
 * The ansatz at layers whose weights and gradients another program has saved, and which inputs and directions
 * they use.
 *
 * @throws {ShapeError} for gradients that do not have as many units as the weights
 * @throws {ValueError} for numbers that are not finite
 * @throws {AbortedError} through `signal`
 */
export async function runLayers(
  { unitAxis, controls, spectrum, seed }: LayersSettings,
  { name: source, layers: dumped }: LayersDump,
  { backend, signal, onEvent }: RunContext<LayersEvent>,
): Promise<LayersResult> {
  const started = performance.now();
  const layers: DescribedLayer[] = [];
  for (const [index, { name, weight, gradient, initial }] of dumped.entries()) {
    throwIfAborted(signal, 'Comparing layers');
    const layer = layerOfGradients({
      name,
      weights: weight,
      gradients: gradient,
      unitAxis: unitAxis === 'third' ? 2 : 'last',
    });
    const initialWeights = initial && asMatrix(initial);
    layers.push(await describeLayer({ layer, initialWeights }, { backend, controls, seed, spectrum }));
    onEvent?.({ layer: name, done: index + 1, total: dumped.length });
  }
  const [samples = 0, outputs = 0] = dumped[0]?.gradient.shape ?? [];
  return {
    experiment: 'layers',
    version: 1,
    summary: {
      source,
      samples,
      outputs,
      spectrumShare: spectrum,
      layers,
      skipped: [],
      backend: backend.name,
      device: backend.device.description,
      dtype: 'float64 where the backend has it',
      seconds: (performance.now() - started) / 1000,
    },
  };
}

/** Weights [units, ...] with their patches in a row. */
function asMatrix({ data, shape }: DumpedArray): WeightMatrix {
  const [first = 0, ...rest] = shape;
  const columns = rest.reduce((product, length) => product * length, 1);
  return { data, shape: [first, columns] };
}
