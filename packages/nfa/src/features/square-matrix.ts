import type * as tf from '@tensorflow/tfjs';

/** A square matrix on the host, row-major; one of agop's matrix inputs. */
export interface SquareMatrix {
  readonly data: Float64Array;
  readonly shape: readonly [number, number];
}

/** Copies a tensor to the host, and disposes of it. */
export async function toHost(tensor: tf.Tensor2D): Promise<SquareMatrix> {
  try {
    return { data: Float64Array.from(await tensor.data()), shape: tensor.shape };
  } finally {
    tensor.dispose();
  }
}

export function trace({ data, shape }: SquareMatrix): number {
  let sum = 0;
  for (let i = 0; i < shape[0]; i++) sum += data[i * (shape[0] + 1)] as number;
  return sum;
}
