import { OptionError, ShapeError } from '@agop/core';
import * as tf from '@tensorflow/tfjs';

/**
 * A fully connected layer within a network, as the neural feature ansatz sees it: h is the layer's input,
 * z = h W + b what it makes of it, and the rest of the network a function of z. Rows are samples, and no
 * sample may influence another (as batch normalisation does in training).
 *
 * {@link denseLayers} finds them in a `tf.LayersModel`; for a network of plain functions, write one per
 * layer.
 */
export interface AnsatzLayer {
  readonly name: string;
  /** W, [inputs, units], as it is now. It stays the model's. */
  kernel(): tf.Tensor2D;
  /** z [n, units] of the network's inputs x [n, ...]. */
  preactivations(x: tf.Tensor): tf.Tensor2D;
  /** The network's outputs [n, outputs] of z [n, units]; differentiable by tfjs. */
  rest(z: tf.Tensor2D): tf.Tensor2D;
}

/** The type of a tfjs layer, which tfjs does not export under a name of its own. */
type Layer = tf.LayersModel['layers'][number];

/**
 * The fully connected layers of a model whose layers form a chain (every `tf.sequential` model is one), in
 * order. Other layers between them are part of "the rest of the network"; dropout and the like act as in
 * prediction.
 *
 * @throws {OptionError} for a model that is no chain, or has no dense layer
 */
export function denseLayers(model: tf.LayersModel): AnsatzLayer[] {
  const chain = chainOf(model);
  const found = chain.flatMap((layer, index) => {
    if (layer.getClassName() !== 'Dense') return [];
    return [ansatzLayer(layer, chain.slice(0, index), chain.slice(index + 1))];
  });
  if (found.length === 0) {
    throw new OptionError('model', `The model '${model.name}' has no dense layer of its own.`);
  }
  return found;
}

/** Layers in the order in which they act, without the inputs. */
function chainOf(model: tf.LayersModel): Layer[] {
  const layers = model.layers.filter((layer) => layer.getClassName() !== 'InputLayer');
  const forked = layers.find((layer, index) => !follows(layer, layers[index - 1]));
  if (forked || model.inputs.length !== 1 || model.outputs.length !== 1) {
    throw new OptionError(
      'model',
      `The model '${model.name}' is no chain of layers${forked ? ` (at '${forked.name}')` : ''}. ` +
        'Describe its layers as AnsatzLayer objects instead.',
    );
  }
  return layers;
}

/** True if all that `layer` gets comes from `previous`, or, for the first, from one input. */
function follows(layer: Layer, previous: Layer | undefined): boolean {
  const sources = layer.inboundNodes.flatMap((node) => node.inboundLayers);
  if (sources.length !== 1) return false;
  return previous ? sources[0] === previous : sources[0]?.getClassName() === 'InputLayer';
}

function ansatzLayer(layer: Layer, before: readonly Layer[], after: readonly Layer[]): AnsatzLayer {
  const activation = tf.layers.activation({ activation: activationOf(layer) });
  const kernel = (): tf.Tensor2D => weightsOf(layer).kernel;
  return {
    name: layer.name,
    kernel,
    preactivations: (x) =>
      tf.tidy((): tf.Tensor2D => {
        const h = asRows(layer, applyAll(before, x));
        const { bias } = weightsOf(layer);
        const z: tf.Tensor2D = tf.matMul(h, kernel());
        return bias ? tf.add(z, bias) : z;
      }),
    rest: (z) => tf.tidy(() => asRows(layer, applyAll([activation, ...after], z))),
  };
}

function weightsOf(layer: Layer): { readonly kernel: tf.Tensor2D; readonly bias: tf.Tensor | undefined } {
  const [kernel, bias] = layer.getWeights();
  if (kernel?.rank !== 2) {
    throw new ShapeError(`The kernel of layer '${layer.name}' must be a matrix [inputs, units].`);
  }
  return { kernel: kernel as tf.Tensor2D, bias };
}

/** The name under which the layer's configuration keeps its activation. */
function activationOf(layer: Layer): 'linear' {
  const name = layer.getConfig()['activation'];
  // tfjs checks the name itself; its type for names is not exported.
  return (typeof name === 'string' ? name : 'linear') as 'linear';
}

function applyAll(layers: readonly Layer[], x: tf.Tensor): tf.Tensor {
  return layers.reduce((value: tf.Tensor, layer) => {
    const result = layer.apply(value);
    if (result instanceof tf.Tensor) return result;
    throw new OptionError('model', `Layer '${layer.name}' has several outputs.`);
  }, x);
}

function asRows(layer: Layer, value: tf.Tensor): tf.Tensor2D {
  if (value.rank !== 2) {
    throw new ShapeError(
      `Layer '${layer.name}' meets values of shape [${value.shape.join(', ')}], where rows of features are expected. Add a flatten layer.`,
    );
  }
  return value as tf.Tensor2D;
}
