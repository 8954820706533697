import { OptionError } from '@agop/core';
import type * as tfjs from '@tensorflow/tfjs';

// Who does without TensorFlow.js has none of its types, so that declarations name only what is asked of it.

/**
 * TensorFlow.js with a backend, as it is imported: `import * as tf from '@tensorflow/tfjs'`.
 *
 * @typeParam Model what its models are
 */
export interface TensorFlow<Model extends NetworkModel = NetworkModel> {
  readonly version_core: string;
  getBackend(): string;
  loadLayersModel(handler: never): Promise<Model>;
}

/** A layers model of TensorFlow.js. */
export interface NetworkModel {
  /** What it takes, each with the samples first; null stands for any length. */
  readonly inputs: readonly { readonly shape: readonly (number | null)[] }[];
  /** How many numbers it has learned. */
  countParams(): number;
  dispose(): unknown;
}

/** @throws {OptionError} for anything but TensorFlow.js */
export function asTensorFlow(tf: TensorFlow): typeof tfjs {
  if (isTensorFlow(tf)) return tf;
  throw new OptionError('tf', { requirement: 'be TensorFlow.js', received: tf });
}

/** @throws {OptionError} for anything but a layers model */
export function asLayersModel(model: NetworkModel): tfjs.LayersModel {
  if (isLayersModel(model)) return model;
  throw new OptionError('model', { requirement: 'be a layers model of TensorFlow.js', received: model });
}

function isTensorFlow(tf: TensorFlow): tf is typeof tfjs {
  return ['tidy', 'tensor', 'layers', 'model'].every((name) => name in tf);
}

function isLayersModel(model: NetworkModel): model is tfjs.LayersModel {
  return ['layers', 'predict', 'outputs'].every((name) => name in model);
}
