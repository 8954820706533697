import assert from 'node:assert/strict';
import { isMainThread, Worker } from 'node:worker_threads';
import { AgopError, ValueError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { Estimator, matrixSamples, regression } from '@agop/estimators';
import { ModelWorker, PredictionQueue } from '@agop/serve';
import { serveModels } from '@agop/serve/worker';

/** An estimator from outside: the mean of the targets. */
class Mean extends Estimator {
  constructor(backend) {
    const trainer = {
      ...matrixSamples,
      format: {
        name: 'mean',
        version: 1,
        title: 'mean',
        packageName: 'none',
        estimators: {},
        parse: () => ({}),
      },
      fit: async () => ({ dispose: () => {} }),
      predict: async (_, { rows }) => new Float64Array(rows),
    };
    super(trainer, regression(), { backend, seed: 0 });
  }
}

if (isMainThread) {
  const worker = new ModelWorker(new Worker(new URL(import.meta.url)));
  const model = await worker.make('mean');
  await model.fit([[1], [2], [3]], [1, 2, 6]);
  const queue = new PredictionQueue(model);
  const [one, bad] = await Promise.allSettled([queue.predict([[1]]), queue.predict([[Number.NaN]])]);
  assert.deepEqual([...one.value], [3]);
  assert.ok(AgopError.isInstance(bad.reason) && ValueError.isInstance(bad.reason));
  // Without dispose(): a program that forgets it still ends.
} else {
  serveModels(() => {
    const backend = createNaiveBackend();
    return { mean: () => new Mean(backend) };
  });
}
