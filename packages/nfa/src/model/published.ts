import type { Backend } from '@agop/core';
import * as tf from '@tensorflow/tfjs';
import type { WeightMatrix } from '../comparison/measured-layer.ts';
import { comparePublished, type PublishedComparison } from '../comparison/published.ts';
import type { Covariances } from './covariances.ts';
import type { FoundLayer } from './find-layers.ts';
import { weightsOf } from './weights.ts';

interface PublishedOptions {
  readonly backend: Backend;
  readonly model: tf.LayersModel;
  readonly found: FoundLayer;
  readonly initialKernel: tf.Tensor;
  /** K' of the layer, in the model as it is when this is called. */
  readonly covariances: () => Promise<Covariances>;
}

/** The figures of the published program for one layer. The model has its own weights afterwards. */
export async function publishedComparison(options: PublishedOptions): Promise<PublishedComparison> {
  const { backend, found, initialKernel, covariances } = options;
  const variable = found.layer.weights[0];
  if (!variable) throw new TypeError('a layer that was found has a kernel');
  const own = tf.clone(variable.read());
  const difference = tf.sub(own, initialKernel);
  try {
    const [d, w0] = [await weightsOf(found, difference), await weightsOf(found, initialKernel)];
    variable.write(difference);
    const { covariance, centered } = await covariances();
    const square = (data: Float64Array): WeightMatrix => ({ data, shape: [d.shape[0], d.shape[0]] });
    return await comparePublished(backend, {
      change: d,
      initial: w0,
      covariance: square(covariance),
      centeredCovariance: centered && square(centered),
    });
  } finally {
    variable.write(own);
    tf.dispose([own, difference]);
  }
}
