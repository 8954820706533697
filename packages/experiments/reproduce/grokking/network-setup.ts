import { type Backend, Scope } from '@agop/core';
import type { ModularTask } from '@agop/grokking';
import { blockCirculantMetric, randomCirculantRow } from '@agop/grokking/analysis';
import { matrixPower } from '@agop/rfm';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** Makes tfjs compute by WebAssembly. */
export async function useWasmForNetworks(): Promise<void> {
  await tf.setBackend('wasm');
  await tf.ready();
}

/**
 * The fourth root of a random block-circulant matrix of the task's operation: the data map of the paper's
 * figure 7, row-major.
 */
export async function circulantTransform(
  backend: Backend,
  task: ModularTask,
  seed: number,
): Promise<Float64Array> {
  const operation = task.operations[0];
  if (!operation) throw new TypeError('a task has an operation');
  const matrix = blockCirculantMetric(operation, task.p, randomCirculantRow(operation, task.p, seed));
  using scope = new Scope(backend);
  const order = 2 * task.p;
  const root = await matrixPower(scope.ops, scope.ops.tensor(matrix, [order, order], 'float64'), 0.25);
  return Float64Array.from(await root.read());
}
