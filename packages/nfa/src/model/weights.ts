import { ShapeError } from '@agop/core';
import * as tf from '@tensorflow/tfjs';
import type { WeightMatrix } from '../comparison/measured-layer.ts';
import type { FoundLayer } from './find-layers.ts';

/**
 * W of a layer, [units, inputs]. Inputs of a convolution are those of a patch in the order of its kernel:
 * row, column, channel.
 */
export async function weightsOf({ layer, name }: FoundLayer, kernel?: tf.Tensor): Promise<WeightMatrix> {
  const own = kernel ?? layer.weights[0]?.read();
  if (!own) throw new ShapeError(`Layer '${name}' has no weights. Build the model first.`);
  const units = own.shape.at(-1) as number;
  const turned = tf.tidy((): tf.Tensor2D => tf.transpose(tf.reshape(own, [-1, units])));
  try {
    return { data: Float64Array.from(await turned.data()), shape: turned.shape };
  } finally {
    turned.dispose();
  }
}

/**
 * Runs `work` while a model has other weights.
 *
 * @param weights as `model.getWeights()` returns them
 * @throws {ShapeError} if they are not those of this model
 */
export async function withWeights<T>(
  model: tf.LayersModel,
  weights: readonly tf.Tensor[],
  work: () => Promise<T>,
): Promise<T> {
  checkWeights(model, weights);
  const own = model.getWeights().map((weight) => tf.clone(weight));
  try {
    model.setWeights([...weights]);
    return await work();
  } finally {
    model.setWeights(own);
    tf.dispose(own);
  }
}

/** Where a layer's kernel is among `model.getWeights()`. */
export function kernelIndex(model: tf.LayersModel, { layer }: FoundLayer): number {
  const [kernel] = layer.weights;
  return kernel ? model.weights.indexOf(kernel) : -1;
}

/** @throws {ShapeError} if they are not as `model.getWeights()` returns them */
export function checkWeights(model: tf.LayersModel, weights: readonly tf.Tensor[]): void {
  const shapes = (tensors: readonly { readonly shape: readonly (number | null)[] }[]): string =>
    tensors.map(({ shape }) => `[${shape.join(', ')}]`).join(' ');
  if (shapes(weights) === shapes(model.weights)) return;
  throw new ShapeError(
    `The initial weights must be ${model.weights.length} tensors as getWeights() of the model '${model.name}' gives them, ${shapes(model.weights)}, but are ${shapes(weights)}.`,
  );
}
