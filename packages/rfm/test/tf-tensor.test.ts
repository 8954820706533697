import '@tensorflow/tfjs-backend-cpu';
import { createNaiveBackend } from '@agop/core/naive';
import { RFMClassifier, RFMRegressor } from '@agop/rfm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { normal, productTarget, worst } from './data.ts';

const [n, d] = [40, 3];
const data = Float32Array.from(normal(n, d, 1));
const target = Float32Array.from(productTarget(normal(n, d, 1), d));

test('a tf.Tensor in gives a tf.Tensor out, with the numbers of arrays', async () => {
  using backend = createNaiveBackend();
  using regressor = new RFMRegressor({ backend, iterations: 1 });
  const [x, y] = [tf.tensor2d(data, [n, d]), tf.tensor1d(target)];
  await regressor.fit(x, y);
  const predictions = await regressor.predict(x);
  expect(predictions.shape).toEqual([n]);
  expect(worst(await predictions.data(), await regressor.predict({ data, shape: [n, d] }))).toBeLessThan(
    1e-6,
  );

  using classifier = new RFMClassifier<number>({ backend, iterations: 1 });
  await classifier.fit(x, tf.cast(tf.greater(y, 0), 'int32'));
  expect(classifier.classes).toEqual([0, 1]);
  const probabilities = await classifier.predictProba(x);
  expect(probabilities.shape).toEqual([n, 2]);
  expect(await classifier.predict(x)).toHaveLength(n);
});
