import { OptionError } from '@agop/core';
import * as tf from '@tensorflow/tfjs';

/** The type of a tfjs layer, which tfjs does not export under a name of its own. */
export type Layer = tf.LayersModel['layers'][number];

/** A layer with weights that the ansatz speaks of: z = h W + b, h being the input or its patches. */
export interface FoundLayer {
  /** Names of the models and layers around it and its own, with slashes between. */
  readonly name: string;
  readonly className: string;
  readonly layer: Layer;
}

/** A layer with weights that cannot be measured. */
export interface SkippedLayer {
  readonly name: string;
  readonly className: string;
  readonly reason: string;
}

/** The layers of a model, in its order. */
export interface FoundLayers {
  readonly found: readonly FoundLayer[];
  readonly skipped: readonly SkippedLayer[];
  /** Every layer, those inside of others as well. */
  readonly all: readonly Layer[];
}

const measurable: ReadonlySet<string> = new Set(['Dense', 'Conv1D', 'Conv2D', 'Conv3D']);

const depthwise =
  'its filters see one channel each, so that there is no space of patches that they have in common';
const recurrent = 'its weights are used at every step, inside the layer';

/** Why layers that have a kernel are skipped, by class. */
const reasons: Readonly<Record<string, string>> = {
  DepthwiseConv2D: depthwise,
  SeparableConv2D: depthwise,
  Conv2DTranspose: 'its weights act on what it makes, not on patches of what it gets',
  Conv3DTranspose: 'its weights act on what it makes, not on patches of what it gets',
  Embedding: 'it looks rows up, and multiplies nothing',
  ConvLSTM2D: recurrent,
  LSTM: recurrent,
  GRU: recurrent,
  SimpleRNN: recurrent,
  RNN: recurrent,
  Bidirectional: recurrent,
};

/** Layers whose weights only scale and shift: they have no neural feature matrix, and are not mentioned. */
const scaling: ReadonlySet<string> = new Set(['BatchNormalization', 'LayerNormalization', 'PReLU']);

/**
 * All layers of a model that have weights, those inside of nested models, wrappers and layers of one's own as
 * well. A layer that is shared occurs once.
 *
 * @throws {OptionError} if none of them can be measured
 */
export function findLayers(model: tf.LayersModel): FoundLayers {
  const found: FoundLayer[] = [];
  const skipped: SkippedLayer[] = [];
  const seen = new Set<Layer>();
  const visit = (layer: Layer, around: string): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    const className = layer.getClassName();
    const name = around + layer.name;
    if (measurable.has(className)) {
      found.push({ name, className, layer });
      return;
    }
    const reason = reasons[className];
    if (reason !== undefined) {
      skipped.push({ name, className, reason });
      return;
    }
    const inside = layer instanceof tf.LayersModel ? layer.layers : layersWithin(layer);
    for (const inner of inside) visit(inner, `${name}/`);
    if (inside.length > 0 || scaling.has(className) || layer.weights.length === 0) return;
    skipped.push({ name, className, reason: 'what its weights do is not known' });
  };
  for (const layer of model.layers) visit(layer, '');
  if (found.length === 0) {
    const others = skipped.map(({ name, reason }) => ` '${name}' is left out: ${reason}.`).join('');
    throw new OptionError(
      'model',
      `The model '${model.name}' has no dense layer and no convolution to measure.${others}`,
    );
  }
  return { found, skipped, all: [...seen] };
}

/** Layers that a layer keeps in its fields, as wrappers and composite layers do. */
function layersWithin(layer: Layer): Layer[] {
  return Object.values(layer)
    .flat()
    .filter((value): value is Layer => value instanceof tf.layers.Layer);
}
