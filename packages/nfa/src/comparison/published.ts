import { type Backend, Scope } from '@agop/core';
import { type Correlations, correlate, squareNorm } from './correlate.ts';
import { upload, type WeightMatrix } from './measured-layer.ts';

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

/** A layer of the network in which D = W − W_0 stands in place of W. */
export interface ChangedLayer {
  /** D, [units, inputs]. */
  readonly change: WeightMatrix;
  /** W_0, [units, inputs]. */
  readonly initial: WeightMatrix;
  /** K' and that of centered gradients, [units, units]; the latter left out where gradients do not vary. */
  readonly covariance: WeightMatrix;
  readonly centeredCovariance?: WeightMatrix | undefined;
}

/** The figures of the published program for one layer. */
export async function comparePublished(
  backend: Backend,
  { change, initial, covariance, centeredCovariance }: ChangedLayer,
): Promise<PublishedComparison> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const [d, before] = [upload(ops, change), upload(ops, initial)];
  const against = (k: WeightMatrix): Promise<Correlations> => correlate(ops, d, d, upload(ops, k));
  const plain = await against(covariance);
  const centered = centeredCovariance ? await against(centeredCovariance) : undefined;
  const overlap = await squareNorm(ops, ops.matmul(d, before, { transposeB: true }));
  const own = await squareNorm(ops, ops.gram(d));
  const other = await squareNorm(ops, ops.gram(before));
  return {
    initialCosine: overlap / Math.sqrt(own * other),
    centeredCosine: centered?.cosine ?? null,
    cosine: plain.cosine,
    centeredRootPearson: centered?.rootPearson ?? null,
    rootPearson: plain.rootPearson,
  };
}
