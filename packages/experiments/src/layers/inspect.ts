import { OptionError, ShapeError, wording } from '@agop/core';
import type * as tfjs from '@tensorflow/tfjs';
import type { RunContext } from '../experiment.ts';
import { asLayersModel, asTensorFlow, type NetworkModel, type TensorFlow } from '../tensorflow.ts';
import { describeLayer } from './describe.ts';
import type { DescribedLayer, LayersResult } from './result.ts';

/** Samples as a model takes them. */
export interface InspectedData {
  /** Row-major, with the samples first. */
  readonly data: Float32Array | Float64Array;
  readonly shape: readonly number[];
  /** Names of the inputs, where they are columns. */
  readonly names: readonly string[] | undefined;
  /** Option that says where the data are, for messages. */
  readonly option: string;
}

/** How far a description is. */
export interface NetworkEvent {
  readonly phase: 'gradients' | 'initial' | 'published' | 'comparison';
  readonly done: number;
  readonly total: number;
}

/**
 * What the layers of a model of TensorFlow.js use of one's own data, and how far the ansatz holds at them.
 *
 * @param given TensorFlow.js with a backend
 * @throws {OptionError} for a model without layers to measure, and anything but TensorFlow.js and its models
 * @throws {ShapeError} for data that the model does not take
 * @throws {ValueError} for weights or gradients that are not finite
 * @throws {AbortedError} through `signal`
 */
export async function inspectNetwork(
  given: TensorFlow,
  network: { readonly name: string; readonly model: NetworkModel },
  { data, shape, names, option }: InspectedData,
  { backend, signal, onEvent }: RunContext<NetworkEvent>,
): Promise<LayersResult> {
  const { modelFeatures } = await import('@agop/nfa');
  const started = performance.now();
  const [tf, model] = [asTensorFlow(given), asLayersModel(network.model)];
  const [samples = 0, ...size] = shape;
  const [controls, seed, spectrum] = [3, 0, 0.95];
  checkTaken(model, size, option);
  const x = tf.tensor(Float32Array.from(data), [...shape]);
  try {
    const features = await modelFeatures({
      backend,
      model,
      x,
      controls,
      seed,
      ...(signal && { signal }),
      ...(onEvent && { onProgress: onEvent }),
    });
    const variances = size.length === 1 ? columnVariances(data, samples, size[0] as number) : undefined;
    const layers: DescribedLayer[] = [];
    for (const layer of features.layers) {
      const sees = seesInput(model, layer.name);
      layers.push(
        await describeLayer(
          {
            layer,
            comparison: layer,
            inputNames: sees ? names : undefined,
            variances: sees ? variances : undefined,
          },
          { backend, controls, seed, spectrum },
        ),
      );
    }
    return {
      experiment: 'layers',
      version: 1,
      summary: {
        source: network.name,
        samples,
        outputs: features.outputs,
        spectrumShare: spectrum,
        layers,
        skipped: [...features.skipped],
        backend: backend.name,
        device: `${backend.device.description}; the network on TensorFlow.js ${tf.version_core}, ${tf.getBackend()}`,
        dtype: 'float32',
        seconds: (performance.now() - started) / 1000,
      },
    };
  } finally {
    x.dispose();
  }
}

function checkTaken(model: tfjs.LayersModel, size: readonly number[], option: string): void {
  const [input, ...more] = model.inputs;
  if (!input || more.length > 0) {
    throw new OptionError('model', `The model takes ${model.inputs.length} inputs; one is expected.`);
  }
  const taken = input.shape.slice(1);
  const fits =
    taken.length === size.length && taken.every((length, axis) => (length ?? size[axis]) === size[axis]);
  if (fits) return;
  throw new ShapeError(
    wording`The model takes ${taken.length === 1 ? `rows of ${taken[0]} numbers` : `[${taken.map((length) => length ?? 'any').join(', ')}]`}, but ${{ option }} has ${size.length === 1 ? `rows of ${size[0]}` : `[${size.join(', ')}]`}.`,
  );
}

/** Whether a layer gets the model's input as it is. */
function seesInput(model: tfjs.LayersModel, name: string): boolean {
  const layer = model.layers.find((one) => one.name === name);
  return (
    layer?.inboundNodes.some((node) =>
      node.inboundLayers.some((before) => before.getClassName() === 'InputLayer'),
    ) ?? false
  );
}

function columnVariances(data: ArrayLike<number>, rows: number, columns: number): Float64Array {
  return Float64Array.from({ length: columns }, (_, j) => {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < rows; i++) sum += data[i * columns + j] as number;
    for (let i = 0; i < rows; i++) squares += ((data[i * columns + j] as number) - sum / rows) ** 2;
    return squares / rows;
  });
}
