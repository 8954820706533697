import {
  type Backend,
  type FloatDType,
  FormatError,
  OptionError,
  type RandomKey,
  type Shape,
  subkey,
  type Tensor,
} from '@agop/core';

/** Tensors that a feature map needs besides its input, by name: random weights, phases. */
export type MapTensors = Readonly<Record<string, Tensor>>;

/** What a feature map may draw its tensors from. */
export interface DrawContext {
  readonly backend: Backend;
  /** Number of columns of its input. */
  readonly features: number;
  /** The layer it is drawn for, from 1. */
  readonly layer: number;
  readonly dtype: FloatDType;
  /** A key for core's random numbers: another stream for each layer and each `part` from 0 to 15. */
  key(part: number): RandomKey;
}

/**
 * The map Φ between two layers. It holds no state: what is random in it is drawn once for each layer, kept by
 * that layer, and handed back to `apply`. To write one of your own, implement this; to save a model that uses
 * it, keep all that differs between layers in the drawn tensors, and pass the map again when loading.
 */
export interface FeatureMap {
  /** By which a saved model finds the map again. */
  readonly name: string;
  /** All that makes this map differ from others of its name; saved with a model. */
  readonly parameters: Readonly<Record<string, number | string>>;
  /** Draws the tensors of one layer, in `dtype`; the layer frees them. Default none. */
  draw?(context: DrawContext): MapTensors;
  /**
   * Names and shapes of what `draw` gives for an input of `features` columns: saved models are checked by
   * them. Without it, loading believes the names and shapes of the file.
   */
  drawnShapes?(features: number): Readonly<Record<string, Shape>>;
  /**
   * Φ(x): a new tensor, [n, any width].
   *
   * @param x [n, d]
   * @param drawn what `draw` gave for this layer
   */
  apply(backend: Backend, x: Tensor, drawn: MapTensors): Tensor;
}

/** A feature map that was given as an option. @throws {OptionError} for anything else */
export function checkFeatureMap(featureMap: FeatureMap): FeatureMap {
  const given: unknown = featureMap;
  const isMap = typeof given === 'object' && given !== null && 'apply' in given;
  if (isMap && typeof given.apply === 'function') return featureMap;
  throw new OptionError('featureMap', {
    requirement: 'be a feature map, e.g. randomRelu({ width: 512 })',
    received: given,
  });
}

/** Φ(x) = x: the projection with M^(1/2) alone, layer after layer. */
export function identityMap(): FeatureMap {
  return {
    name: 'identity',
    parameters: {},
    drawnShapes: () => ({}),
    apply: (backend, x) => backend.clone(x),
  };
}

/** Streams of random numbers that each layer has for itself. */
const streamsPerLayer = 16;

/** What a layer draws from. */
export function drawContext(context: Omit<DrawContext, 'key'>, seed: number): DrawContext {
  return { ...context, key: (part) => subkey(seed, 'layer-weights', context.layer * streamsPerLayer + part) };
}

/** A drawn tensor by name. @throws {FormatError} where there is none: only a file can lack it */
export function drawnTensor(drawn: MapTensors, name: string, map: string): Tensor {
  const tensor = drawn[name];
  if (!tensor) throw new FormatError(`The feature map '${map}' was given no '${name}'.`);
  return tensor;
}
