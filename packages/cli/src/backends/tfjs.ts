import { notInstalled } from '@agop/core';
import type * as tfjs from '@tensorflow/tfjs';

/**
 * TensorFlow.js, computing by WebAssembly where the program has not chosen a backend of its own that is
 * faster.
 *
 * @throws {UnavailableError} if it is not installed
 */
export async function startTfjs(): Promise<typeof tfjs> {
  const tf = await installed('@tensorflow/tfjs', () => import('@tensorflow/tfjs'));
  if (tf.getBackend() === undefined || tf.getBackend() === 'cpu') {
    await installed('@tensorflow/tfjs-backend-wasm', () => import('@tensorflow/tfjs-backend-wasm'));
    await tf.setBackend('wasm');
  }
  await tf.ready();
  return tf;
}

async function installed<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const message =
      'Networks run on TensorFlow.js. Install it: npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm';
    throw notInstalled(name, message, cause);
  }
}
