import { notInstalled, type Shape, UnavailableError } from '@agop/core';
import type { TfTensorLike } from './matrix-input.ts';

/**
 * A new `tf.Tensor` (float32) from host data, for callers who gave one. TensorFlow.js is loaded at the first
 * call.
 *
 * @param data elements, row-major
 * @throws {UnavailableError} if `@tensorflow/tfjs-core`, an optional peer dependency, or a backend for it is
 *   missing
 */
export async function toTfTensor(data: ArrayLike<number>, shape: Shape): Promise<TfTensorLike> {
  const tf = await loadTfjs();
  try {
    return tf.tensor(Float32Array.from(data), [...shape], 'float32');
  } catch (cause) {
    throw new UnavailableError('TensorFlow.js cannot make a tensor. Is one of its backends registered?', [], {
      cause,
    });
  }
}

async function loadTfjs(): Promise<typeof import('@tensorflow/tfjs-core')> {
  try {
    return await import('@tensorflow/tfjs-core');
  } catch (cause) {
    throw notInstalled(
      '@tensorflow/tfjs-core',
      'A tf.Tensor needs TensorFlow.js. Install it: npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-cpu',
      cause,
    );
  }
}
