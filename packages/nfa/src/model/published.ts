import { type Backend, Scope } from '@agop/core';
import * as tf from '@tensorflow/tfjs';
import { type Correlations, correlate, squareNorm } from '../comparison/correlate.ts';
import { upload } from '../comparison/layer-gradients.ts';
import type { Covariances } from './covariances.ts';
import type { FoundLayer } from './find-layers.ts';
import { weightsOf } from './weights.ts';

/**
 * What the published verification of the ansatz computes. With D = W − W_0 and M = DᵀD, it takes the AGOP
 * from the network that has D **in place of** W at the layer: the program subtracts W_0 from the memory of
 * the parameter itself. So its AGOP is DᵀK'D with the K' of that other network, and its figures are neither
 * those of the trained network's AGOP nor the C-NFA. Source: `verify_deep_NFA.py` of arXiv 2212.13881; the
 * root and Pearson's correlation: the program of Science 383:1461.
 */
export interface PublishedComparison {
  /** Cosine of M and the initial W_0ᵀW_0. */
  readonly initialCosine: number;
  /** Cosine of M and the AGOP of centered gradients; null where these do not vary. */
  readonly centeredCosine: number | null;
  /** Cosine of M and the AGOP. */
  readonly cosine: number;
  /** Pearson's correlation of M and the root of the AGOP of centered gradients; null as above. */
  readonly centeredRootPearson: number | null;
  /** Pearson's correlation of M and the root of the AGOP. */
  readonly rootPearson: number;
}

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
    using scope = new Scope(backend);
    const { ops } = scope;
    const [changed, before] = [upload(ops, d), upload(ops, w0)];
    const units = d.shape[0];
    const against = (k: Float64Array): Promise<Correlations> =>
      correlate(ops, changed, changed, upload(ops, { data: k, shape: [units, units] }));
    const plain = await against(covariance);
    const ofCentered = centered ? await against(centered) : undefined;
    const overlap = await squareNorm(ops, ops.matmul(changed, before, { transposeB: true }));
    const squares = [await squareNorm(ops, ops.gram(changed)), await squareNorm(ops, ops.gram(before))];
    return {
      initialCosine: overlap / Math.sqrt((squares[0] as number) * (squares[1] as number)),
      centeredCosine: ofCentered?.cosine ?? null,
      cosine: plain.cosine,
      centeredRootPearson: ofCentered?.rootPearson ?? null,
      rootPearson: plain.rootPearson,
    };
  } finally {
    variable.write(own);
    tf.dispose([own, difference]);
  }
}
