import { type Backend, checkBackend, Scope, type Tensor } from '@agop/core';
import { checkCallback, checkFlag, checkGiven, checkWhole } from '@agop/core/options';
import type * as tf from '@tensorflow/tfjs';
import { type LayerAlignment, layerAlignment } from '../alignment/layer-alignment.ts';
import { upload, type WeightMatrix } from '../comparison/measured-layer.ts';
import { modelFeatures } from '../model/model-features.ts';

/** Options of {@link traceModelAlignment}. */
export interface ModelTraceOptions {
  /** For comparing matrices, best one with float64. The network itself runs on the current tfjs backend. */
  readonly backend: Backend;
  readonly model: tf.LayersModel;
  /** The inputs at which gradients are taken, [n, ...]. Some hundreds of samples do. */
  readonly x: tf.Tensor;
  /** Names of layers, as `modelFeatures` has them. Default: all that can be measured. */
  readonly layers?: readonly string[];
  /** Measure before training, after every so many epochs, and after the last. Default 1. */
  readonly every?: number;
  /** Whether to compare with roots of AGOPs as well, which takes eigenvalues. Default true. */
  readonly roots?: boolean;
  /** Told of each measured epoch. */
  readonly onEpoch?: (epoch: ModelAlignmentEpoch) => void;
}

/** A layer of a model with its name. */
export interface ModelLayerAlignment extends LayerAlignment {
  readonly name: string;
}

/** What a measured epoch was like. */
export interface ModelAlignmentEpoch {
  /** From 0, which is before training. */
  readonly epoch: number;
  /** As tfjs tells it; undefined before training. */
  readonly loss: number | undefined;
  readonly layers: readonly ModelLayerAlignment[];
}

/** A trace that grows while a model trains. */
export interface ModelTrace {
  /** For the option `callbacks` of `model.fit` and `model.fitDataset`. */
  readonly callbacks: tf.CustomCallbackArgs;
  /** Those measured so far. */
  readonly epochs: readonly ModelAlignmentEpoch[];
}

/**
 * Measures how the layers of a model of tfjs align with their gradients while it trains: dense layers, and
 * convolutions through their patches. The weights at the beginning of the training are those that changes are
 * counted from.
 * Source: Beaglehole et al., arXiv 2402.05271.
 *
 * @throws {OptionError} for options out of range; by `model.fit`, for a model without layers to measure
 *
 * @example
 * const trace = traceModelAlignment({ backend, model, x });
 * await model.fit(x, y, { epochs: 20, callbacks: trace.callbacks });
 * console.log(trace.epochs.at(-1)?.layers.map(({ name, centered }) => [name, centered?.pearson]));
 */
export function traceModelAlignment(options: ModelTraceOptions): ModelTrace {
  checkGiven('traceModelAlignment()', options, {
    ...{ backend: true, model: true, x: true, layers: true, every: true, roots: true, onEpoch: true },
  });
  const { backend, model, x, layers, every = 1, roots = true, onEpoch } = options;
  checkBackend(backend);
  checkWhole('every', every, 1);
  checkFlag('roots', roots);
  checkCallback('onEpoch', onEpoch);
  const epochs: ModelAlignmentEpoch[] = [];
  let initial = new Map<string, WeightMatrix>();
  let last = 0;
  const measure = async (epoch: number, loss: number | undefined): Promise<void> => {
    const { layers: found } = await modelFeatures({
      backend,
      model,
      x,
      controls: 0,
      ...(layers && { layers }),
    });
    if (epoch === 0) initial = new Map(found.map(({ name, weights }) => [name, weights]));
    const aligned: ModelLayerAlignment[] = [];
    for (const { name, weights, covariance } of found) {
      using scope = new Scope(backend);
      const state = {
        weights: upload(scope.ops, weights),
        initial: upload(scope.ops, initial.get(name) ?? weights),
        covariance: upload(scope.ops, covariance),
      } satisfies Record<string, Tensor>;
      aligned.push({ name, ...(await layerAlignment(backend, state, roots)) });
    }
    const measured = { epoch, loss, layers: aligned };
    epochs.push(measured);
    await onEpoch?.(measured);
  };
  const callbacks: tf.CustomCallbackArgs = {
    onTrainBegin: async () => {
      epochs.length = 0;
      await measure(0, undefined);
    },
    onEpochEnd: async (epoch, logs) => {
      last = epoch + 1;
      if (last % every === 0) await measure(last, logs?.['loss']);
    },
    onTrainEnd: async () => {
      if (epochs.at(-1)?.epoch !== last) await measure(last, undefined);
    },
  };
  return { callbacks, epochs };
}
