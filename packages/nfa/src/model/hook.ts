import { OptionError } from '@agop/core';
import * as tf from '@tensorflow/tfjs';
import { convolve } from './convolution.ts';
import type { FoundLayer, Layer } from './find-layers.ts';
import { normalize } from './normalization.ts';

/** What a layer makes before its activation, in one call. Returns what the layer goes on with. */
type Intercept = (layer: FoundLayer, z: tf.Tensor) => tf.Tensor;

/**
 * Runs `work` while the layers hand what they make before their activations (with the bias) to `intercept`.
 * The model is as before afterwards.
 *
 * @param model whose last activations are left out where `logits` is set
 */
export function intercepting<T>(
  { model, layers, others, logits }: HookedModel,
  intercept: Intercept,
  work: () => T,
): T {
  const undo: (() => void)[] = [];
  try {
    if (logits) for (const layer of model.outputLayers) undo.push(withoutActivation(layer));
    for (const found of layers) undo.push(hook(found, intercept));
    for (const layer of others) undo.push(smooth(layer));
    return work();
  } finally {
    for (const step of undo.reverse()) step();
  }
}

/** A model, and what of it is looked at. */
export interface HookedModel {
  readonly model: tf.LayersModel;
  readonly layers: readonly FoundLayer[];
  /** Other layers through which gradients go. */
  readonly others: readonly Layer[];
  /** Leave out the activations of the layers that make the model's outputs. */
  readonly logits: boolean;
}

function hook(found: FoundLayer, intercept: Intercept): () => void {
  const { layer } = found;
  const activation: unknown = Reflect.get(layer, 'activation');
  if (!isActivation(activation)) {
    throw new OptionError('model', `Layer '${found.name}' (${found.className}) keeps no activation.`);
  }
  const restoreActivation = setField(layer, 'activation', linear());
  const call = computing(layer, convolve(layer)) ?? layer.call.bind(layer);
  const restoreCall = setField(
    layer,
    'call',
    (...args: Parameters<Layer['call']>): tf.Tensor =>
      tf.tidy(() => activation.apply(intercept(found, single(call(...args), found.name)))),
  );
  return () => {
    restoreCall();
    restoreActivation();
  };
}

/** Lets a layer that is not looked at be differentiated on every backend. */
function smooth(layer: Layer): () => void {
  const call = computing(layer, convolve(layer) ?? normalize(layer));
  const activation: unknown = Reflect.get(layer, 'activation');
  if (!call) return () => undefined;
  return setField(
    layer,
    'call',
    (...args: Parameters<Layer['call']>): tf.Tensor =>
      tf.tidy(() => (isActivation(activation) ? activation.apply(call(...args)) : call(...args))),
  );
}

/** A function of one tensor as the `call` of a layer. */
function computing(
  layer: Layer,
  compute: ((x: tf.Tensor) => tf.Tensor) | undefined,
): ((...args: Parameters<Layer['call']>) => tf.Tensor) | undefined {
  return compute && ((inputs) => compute(single(inputs, layer.name)));
}

/** Makes a layer's outputs what they are before its activation. */
function withoutActivation(layer: Layer): () => void {
  if (layer instanceof tf.LayersModel) {
    const undo = layer.outputLayers.map(withoutActivation);
    return () => {
      for (const step of undo) step();
    };
  }
  const className = layer.getClassName();
  if (className === 'Activation' || className === 'Softmax') {
    return setField(layer, 'call', (inputs: tf.Tensor | tf.Tensor[]) => tf.clone(single(inputs, layer.name)));
  }
  return isActivation(Reflect.get(layer, 'activation'))
    ? setField(layer, 'activation', linear())
    : () => undefined;
}

/** What tfjs keeps as a layer's activation. */
interface ActivationFunction {
  apply(x: tf.Tensor): tf.Tensor;
}

function isActivation(value: unknown): value is ActivationFunction {
  return typeof value === 'object' && value !== null && 'apply' in value && typeof value.apply === 'function';
}

/** The activation that does nothing. Layers need one: with null some of them fail. */
function linear(): unknown {
  return Reflect.get(tf.layers.activation({ activation: 'linear' }), 'activation');
}

/** Sets a field of an object of tfjs; the result sets it back. */
function setField(target: object, field: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(target, field);
  Reflect.set(target, field, value);
  return () => {
    if (own) Object.defineProperty(target, field, own);
    else Reflect.deleteProperty(target, field);
  };
}

function single(value: tf.Tensor | tf.Tensor[], name: string): tf.Tensor {
  const [first, ...more] = Array.isArray(value) ? value : [value];
  if (first && more.length === 0) return first;
  throw new OptionError('model', `Layer '${name}' has several inputs or outputs, where one is expected.`);
}
