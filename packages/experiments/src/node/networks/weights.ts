import type * as tfjs from '@tensorflow/tfjs';

/** Tensors by name. They are the caller's. */
export type NamedTensors = Readonly<Record<string, tfjs.Tensor>>;

/** A part of a file of weights: what is in it, and the bytes. */
export interface WeightGroup {
  readonly specs: tfjs.io.WeightsManifestEntry[];
  readonly bytes: Uint8Array;
}

/** The tensors of files of weights, whether quantized or not. */
export function decodeWeights(tf: typeof tfjs, groups: readonly WeightGroup[]): NamedTensors {
  const tensors: Record<string, tfjs.Tensor> = {};
  for (const { specs, bytes } of groups) {
    Object.assign(tensors, tf.io.decodeWeights(new Uint8Array(bytes).buffer, specs));
  }
  return tensors;
}
