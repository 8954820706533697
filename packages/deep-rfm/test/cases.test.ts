import type { Backend } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { DeepRFM, randomRelu } from '@agop/deep-rfm';
import { estimatorCases } from '@agop/estimators/cases';
import { test } from 'vitest';

const subject = {
  task: 'classification' as const,
  create: (backend: Backend) =>
    new DeepRFM({ backend, depth: 2, ridge: 0.01, featureMap: randomRelu({ width: 16 }) }),
  load: (bytes: Uint8Array, backend: Backend) => DeepRFM.load(bytes, { backend }),
};

test.each(estimatorCases(subject))('$name', async ({ run }) => {
  using backend = createNaiveBackend();
  await run(backend);
});
