import assert from 'node:assert/strict';
import { createNaiveBackend } from '@agop/core/naive';
import { denseLayers, neuralFeatureAnsatz } from '@agop/nfa';
import * as tf from '@tensorflow/tfjs';

const model = tf.sequential({
  layers: [tf.layers.dense({ units: 4, activation: 'tanh', inputShape: [3] }), tf.layers.dense({ units: 2 })],
});
const layers = denseLayers(model);
const results = await neuralFeatureAnsatz({
  backend: createNaiveBackend(),
  layers,
  x: tf.randomNormal([20, 3]),
});
assert.deepEqual(
  results.map(({ agop }) => agop.shape),
  [
    [3, 3],
    [4, 4],
  ],
);
assert.ok(results.every(({ correlations }) => Math.abs(correlations.rootCosine) <= 1));
