import { type Backend, OptionError } from '@agop/core';
import { checkPositive, checkWhole } from '@agop/core/options';
import type * as tf from '@tensorflow/tfjs';
import { compareLayer, type LayerComparison, mostControls } from '../comparison/compare-layer.ts';
import type { MeasuredLayer } from '../comparison/measured-layer.ts';
import type { PublishedComparison } from '../comparison/published.ts';
import { type Covariances, gradientCovariances } from './covariances.ts';
import { type FoundLayer, type FoundLayers, findLayers, type SkippedLayer } from './find-layers.ts';
import type { HookedModel } from './hook.ts';
import { formOf, type ModelForm } from './passes.ts';
import { publishedComparison } from './published.ts';
import { checkWeights, kernelIndex, weightsOf, withWeights } from './weights.ts';

/** What {@link modelFeatures} needs. */
export interface ModelFeaturesOptions {
  /** For eigenvalues, best one with float64. The network itself runs on the current tfjs backend. */
  readonly backend: Backend;
  readonly model: tf.LayersModel;
  /** The model's input [n, ...], or a list of them where it has several. Some hundreds of samples do. */
  readonly x: tf.Tensor | readonly tf.Tensor[];
  /** Names of layers, as the result has them. Default: all that can be measured. */
  readonly layers?: readonly string[];
  /**
   * The model's weights before training, as clones of `model.getWeights()`: for D = W − W_0 and the values at
   * initialization. Default none.
   */
  readonly initialWeights?: readonly tf.Tensor[];
  /** Also the figures that the published program computes; needs `initialWeights`. Default false. */
  readonly published?: boolean;
  /** Differentiate what the last layers make before their activations. Default false. */
  readonly logits?: boolean;
  /**
   * So many random directions of the outputs for each sample instead of all outputs: unbiased, and cheaper
   * where there are many. Default: all outputs.
   */
  readonly directions?: number;
  /** Bytes that a pass may take. Default 512 MiB. */
  readonly memoryBudget?: number;
  /** Rotations and random weights that a control is the mean of; 0 for none. Default 3. */
  readonly controls?: number;
  /** Seed of controls and directions. Default 0. */
  readonly seed?: number;
  /** Told after each pass through the network and each layer that is compared. */
  readonly onProgress?: (event: ModelFeaturesProgress) => void;
  readonly signal?: AbortSignal;
}

/** How far {@link modelFeatures} is. */
export interface ModelFeaturesProgress {
  /** Gradients of the network, of the initial one, of the published program's; comparison of the layers. */
  readonly phase: 'gradients' | 'initial' | 'published' | 'comparison';
  readonly done: number;
  readonly total: number;
}

/** One layer: what its gradients say, beside its controls. */
export interface ModelLayerFeatures extends LayerComparison, MeasuredLayer {
  readonly className: string;
  /** Patches of a sample that the layer sees; 1 for a layer that sees rows. */
  readonly positions: number;
  /** The same network before training; null without initial weights. */
  readonly initial: LayerComparison | null;
  /** What the published program computes; null where it was not asked for. */
  readonly published: PublishedComparison | null;
}

/** What {@link modelFeatures} finds. */
export interface ModelFeatures {
  readonly layers: readonly ModelLayerFeatures[];
  /** Layers with weights that have no feature matrix, and why. */
  readonly skipped: readonly SkippedLayer[];
  /** Numbers that the model makes of a sample. */
  readonly outputs: number;
  /** Random directions of the outputs that were taken instead of all; null for all. */
  readonly directions: number | null;
}

/**
 * The neural feature ansatz at all dense layers and convolutions of any model of tfjs: with biases, batch
 * normalization (as in prediction), skip connections, several inputs or outputs, shared layers (their calls
 * are summed like the positions of a convolution), nested models, wrappers and layers of one's own that keep
 * layers in their fields. Gradients of all layers come from the same passes; nothing is kept that grows with
 * the samples.
 *
 * The AGOP with respect to a layer's input is WᵀKW, with K from gradients at what the layer makes before its
 * activation, for dense layers and for the patches of convolutions alike.
 * Source: Radhakrishnan et al., arXiv 2212.13881; Beaglehole et al., arXiv 2309.00570 (patches) and
 * 2402.05271 (K, and W − W_0).
 *
 * @throws {OptionError} for options out of range, a model without layers to measure, or layers that it has
 *   not or that cannot be measured
 * @throws {ShapeError} if x or the initial weights are not what the model takes
 * @throws {ValueError} for weights or gradients that are not finite
 * @throws {AbortedError}
 */
export async function modelFeatures(options: ModelFeaturesOptions): Promise<ModelFeatures> {
  const { backend, model, initialWeights, published = false, logits = false, onProgress } = options;
  const { directions, memoryBudget = 2 ** 29, controls = 3, seed = 0 } = options;
  if (directions !== undefined) checkWhole('directions', directions, 1);
  checkPositive('memoryBudget', memoryBudget);
  checkWhole('controls', controls, 0, mostControls);
  checkWhole('seed', seed, 0);
  if (published && !initialWeights) {
    throw new OptionError('published', 'published needs initialWeights: the program works on W − W_0.');
  }
  if (initialWeights) checkWeights(model, initialWeights);
  const { chosen, others, skipped } = chooseLayers(model, options.layers);
  const hooked: HookedModel = { model, layers: chosen, others, logits };
  const x = 'shape' in options.x ? [options.x] : options.x;
  const form = await formOf(hooked, x);
  const run = (phase: ModelFeaturesProgress['phase'], what: HookedModel, of: ModelForm = form) =>
    gradientCovariances(what, x, {
      form: of,
      rowsPerPass: Math.min(mostRows, memoryBudget / form.bytesPerRow),
      directions,
      seed,
      signal: options.signal,
      onPass: (done, total) => onProgress?.({ phase, done, total }),
    });
  const covariances = await run('gradients', hooked);
  const gradients = await gradientsOf(chosen, covariances);
  const initial = initialWeights && {
    weights: initialWeights,
    gradients: await withWeights(model, initialWeights, async () =>
      gradientsOf(chosen, await run('initial', hooked)),
    ),
  };
  const layers: ModelLayerFeatures[] = [];
  for (const [index, found] of chosen.entries()) {
    const own = gradients[index] as MeasuredLayer;
    const before = initial?.gradients[index];
    const compared = await compareLayer(backend, own, {
      controls,
      seed,
      ...(before && { initialWeights: before.weights }),
    });
    const asPublished =
      published && initial
        ? await publishedComparison({
            backend,
            model,
            found,
            initialKernel: initial.weights[kernelIndex(model, found)] as tf.Tensor,
            covariances: async () => {
              const only = await run('published', withOnly(hooked, found));
              return only.get(found) as Covariances;
            },
          })
        : null;
    layers.push({
      ...own,
      ...compared,
      className: found.className,
      positions: covariances.get(found)?.positions ?? 1,
      initial: before ? await compareLayer(backend, before, { controls: 0 }) : null,
      published: asPublished,
    });
    onProgress?.({ phase: 'comparison', done: index + 1, total: chosen.length });
  }
  return { layers, skipped, outputs: form.outputs, directions: directions ?? null };
}

/** Beyond this, larger passes are not faster. */
const mostRows = 8192;

async function gradientsOf(
  layers: readonly FoundLayer[],
  covariances: ReadonlyMap<FoundLayer, Covariances>,
): Promise<MeasuredLayer[]> {
  const result: MeasuredLayer[] = [];
  for (const found of layers) {
    const { covariance, centered } = covariances.get(found) as Covariances;
    const weights = await weightsOf(found);
    const units = weights.shape[0];
    result.push({
      name: found.name,
      weights,
      covariance: { data: covariance, shape: [units, units] },
      ...(centered && { centeredCovariance: { data: centered, shape: [units, units] } }),
    });
  }
  return result;
}

/** The same model, of which one layer is looked at. */
function withOnly(hooked: HookedModel, found: FoundLayer): HookedModel {
  const others = [
    ...hooked.layers.filter((one) => one !== found).map(({ layer }) => layer),
    ...hooked.others,
  ];
  return { ...hooked, layers: [found], others };
}

function chooseLayers(model: tf.LayersModel, names: readonly string[] | undefined) {
  const { found, skipped, all } = findLayers(model);
  const chosen = names === undefined ? found : namedLayers(model, names, { found, skipped });
  const looked = new Set(chosen.map(({ layer }) => layer));
  return { chosen, others: all.filter((layer) => !looked.has(layer)), skipped };
}

function namedLayers(
  model: tf.LayersModel,
  names: readonly string[],
  { found, skipped }: Pick<FoundLayers, 'found' | 'skipped'>,
): FoundLayer[] {
  if (names.length === 0) throw new OptionError('layers', 'layers names no layer.');
  const chosen = names.map((name) => {
    const one = found.find((layer) => layer.name === name);
    if (one) return one;
    const left = skipped.find((layer) => layer.name === name);
    throw new OptionError(
      'layers',
      left
        ? `Layer '${name}' (${left.className}) cannot be measured: ${left.reason}.`
        : `The model '${model.name}' has no layer '${name}'. Those that can be measured are ${found.map((layer) => `'${layer.name}'`).join(', ')}.`,
    );
  });
  return [...new Set(chosen)];
}
