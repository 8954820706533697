import { type Backend, chooseDType, OptionError } from '@agop/core';
import { cosineSimilarity, matrixPower, pearsonCorrelation } from '@agop/rfm';
import type * as tf from '@tensorflow/tfjs';
import type { Correlations } from './comparison/correlate.ts';
import type { SquareMatrix } from './comparison/measured-layer.ts';
import { type LayerFeatureOptions, type LayerFeatures, layerFeatures } from './features/layer-features.ts';
import type { AnsatzLayer } from './layers/dense-layers.ts';

/** What {@link neuralFeatureAnsatz} needs. */
export interface AnsatzOptions extends Omit<LayerFeatureOptions, 'initialKernel'> {
  /** For the roots of AGOPs, best one with float64. The network itself runs on the current tfjs backend. */
  readonly backend: Backend;
  /** The layers to look at; {@link denseLayers} finds those of a `tf.LayersModel`. */
  readonly layers: readonly AnsatzLayer[];
  /** The network's inputs, [n, ...]. Some hundreds of samples are enough. */
  readonly x: tf.Tensor;
  /** Kernels before training W_0 [inputs, units], one per layer in the same order. Default none. */
  readonly initialKernels?: readonly tf.Tensor2D[];
}

/** How well a layer keeps the ansatz W Wᵀ ∝ AGOP^α. */
export interface LayerAnsatz extends LayerFeatures {
  readonly name: string;
  /** AGOP^½, [inputs, inputs]. */
  readonly rootAgop: SquareMatrix;
  /** Of W Wᵀ with the AGOP. */
  readonly correlations: Correlations;
  /** With initial kernels: of (W − W_0)(W − W_0)ᵀ with the AGOP. */
  readonly changeCorrelations?: Correlations;
  /** With initial kernels: the Pearson correlation of (W − W_0)(W − W_0)ᵀ and (W − W_0) K (W − W_0)ᵀ. */
  readonly centeredPearson?: number;
}

/**
 * Compares the neural feature matrix of each layer with its AGOP. Publications differ in what they compare:
 *
 * | source | which |
 * | --- | --- |
 * | arXiv 2212.13881, Science 383:1461 | none of them, but `published` of `modelFeatures` |
 * | arXiv 2407.20199 (grokking) | `correlations.rootPearson` |
 * | arXiv 2402.05271 (alignment) | `correlations.pearson` (UC-NFA) and `centeredPearson` (C-NFA) |
 *
 * @throws {ShapeError} as {@link layerFeatures}
 * @throws {OptionError} as {@link layerFeatures}
 * @throws {AbortedError} as {@link layerFeatures}
 * @throws {OptionError} if initial kernels are given, but not one per layer
 * @throws {ConvergenceError} if an AGOP holds NaN
 */
export async function neuralFeatureAnsatz(options: AnsatzOptions): Promise<LayerAnsatz[]> {
  const { backend, layers, x, initialKernels, ...rest } = options;
  if (initialKernels && initialKernels.length !== layers.length) {
    throw new OptionError(
      'initialKernels',
      `initialKernels must hold one kernel per layer (${layers.length}), but holds ${initialKernels.length}.`,
    );
  }
  const results: LayerAnsatz[] = [];
  for (const [index, layer] of layers.entries()) {
    const initialKernel = initialKernels?.[index];
    const features = await layerFeatures(layer, x, { ...rest, ...(initialKernel && { initialKernel }) });
    results.push(await compare(backend, layer.name, features));
  }
  return results;
}

async function compare(backend: Backend, name: string, features: LayerFeatures): Promise<LayerAnsatz> {
  const { agop, nfm, change } = features;
  const rootAgop = await root(backend, agop);
  const correlate = ({ data }: SquareMatrix): Correlations => ({
    cosine: cosineSimilarity(data, agop.data),
    pearson: pearsonCorrelation(data, agop.data),
    rootCosine: cosineSimilarity(data, rootAgop.data),
    rootPearson: pearsonCorrelation(data, rootAgop.data),
  });
  return {
    ...features,
    name,
    rootAgop,
    correlations: correlate(nfm),
    ...(change && {
      changeCorrelations: correlate(change.nfm),
      centeredPearson: pearsonCorrelation(change.nfm.data, change.agop.data),
    }),
  };
}

async function root(backend: Backend, { data, shape }: SquareMatrix): Promise<SquareMatrix> {
  using matrix = backend.tensor(data, shape, chooseDType(backend, undefined, 'float64'));
  using result = await matrixPower(backend, matrix, 0.5);
  return { data: Float64Array.from(await result.read()), shape };
}
